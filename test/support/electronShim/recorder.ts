/** One thing that the application asked of the desktop. */
export interface RecordedCall {
  api: string;
  args: unknown[];
}

/** Everything asked of the desktop so far, in order. */
export const recordedCalls: RecordedCall[] = [];

export function record(api: string, ...args: unknown[]): void {
  recordedCalls.push({ api, args });
}

/** What the next dialogs answer, in order; set by the test. */
export const dialogAnswers: unknown[] = [];

/** Makes functions that only record that they were called. */
export function recordOnly<const N extends string>(prefix: string, names: readonly N[]): Record<N, (...args: unknown[]) => void> {
  const entries = names.map((name) => [name, (...args: unknown[]) => { record(`${prefix}.${name}`, ...args); }]);
  return Object.fromEntries(entries) as Record<N, (...args: unknown[]) => void>;
}
