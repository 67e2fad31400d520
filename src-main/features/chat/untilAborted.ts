/** The items of a stream until it ends or the signal fires, even when the stream itself does not listen to the signal. */
export async function* untilAborted<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void, void> {
  const iterator = items[Symbol.asyncIterator]();
  const aborted = Promise.withResolvers<null>();
  const end = (): void => { aborted.resolve(null); };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  try {
    for (;;) {
      const next = iterator.next();
      // One that is left behind may fail later, and nobody waits for it any more.
      next.catch(() => undefined);
      const result = await Promise.race([aborted.promise, next]);
      if (result === null || result.done === true) return;
      yield result.value;
    }
  } finally {
    signal.removeEventListener('abort', end);
    iterator.return?.().catch(() => undefined);
  }
}
