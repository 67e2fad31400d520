/** A browser or page that went away while being asked is what closing means. */
export function ignoreClosed(error: unknown): void {
  if (!(error instanceof Error)) throw new Error('a closed page rejected with something else', { cause: error });
}

/** A rejection that nobody waits for ends the process, as an uncaught error does. */
export function failLoudly(error: unknown): void {
  queueMicrotask(() => { throw error; });
}
