/** Runs work that reports now and then, as a stream of its reports; the newest replaces one that nobody has taken yet. Returns what the work returns. */
export async function* progressStream<P, T>(run: (report: (progress: P) => void) => Promise<T>): AsyncGenerator<P, T, void> {
  let newest: { progress: P } | null = null;
  let wake = Promise.withResolvers<undefined>();
  const report = (progress: P): void => { newest = { progress }; wake.resolve(undefined); };
  let isDone = false;
  const work = run(report).finally(() => { isDone = true; wake.resolve(undefined); });
  // Whoever leaves the stream early does not hear a later failure.
  work.catch(() => undefined);
  for (;;) {
    await wake.promise;
    wake = Promise.withResolvers();
    const taken = takeOut();
    if (taken !== null) yield taken.progress;
    if (isEnded()) return work;
  }

  function takeOut(): { progress: P } | null {
    const taken = newest;
    newest = null;
    return taken;
  }

  function isEnded(): boolean {
    return isDone && newest === null;
  }
}
