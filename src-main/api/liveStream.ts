import type { Disposable } from '../base/disposables.ts';

interface LiveStreamOptions<T> {
  /** What comes first, taken in the same tick as the subscription. */
  first: () => readonly T[];
  subscribe: (add: (item: T) => void) => readonly Disposable[];
  /** Items of one key that have not been sent yet replace each other: a slow reader gets the newest. Null never replaces. */
  keyOf?: (item: T) => string | null;
  signal: AbortSignal | undefined;
}

/** Turns a snapshot and its events into a stream that ends with the signal. Holds at most one item a key. */
export async function* liveStream<T>({ first, subscribe, keyOf = () => null, signal }: LiveStreamOptions<T>): AsyncGenerator<T, void, void> {
  const queue = new Map<string, T>();
  let serial = 0;
  let wake = Promise.withResolvers<undefined>();
  const add = (item: T): void => {
    const key = keyOf(item) ?? `#${serial++}`;
    queue.delete(key);
    queue.set(key, item);
    wake.resolve(undefined);
  };
  const end = (): void => { wake.resolve(undefined); };
  signal?.addEventListener('abort', end, { once: true });
  const subscriptions = subscribe(add);
  try {
    yield* first();
    while (signal?.aborted !== true) {
      yield* takeAll(queue);
      if (queue.size === 0) await wake.promise;
      wake = Promise.withResolvers();
    }
  } finally {
    signal?.removeEventListener('abort', end);
    for (const subscription of subscriptions) subscription.dispose();
  }
}

function* takeAll<T>(queue: Map<string, T>): Generator<T, void, void> {
  for (const [key, item] of queue) {
    queue.delete(key);
    yield item;
  }
}
