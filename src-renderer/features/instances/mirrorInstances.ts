import type { Client } from '../../client/client.ts';
import { InstanceChangeQueue } from './instanceChangeQueue.ts';
import type { InstanceStore } from './instanceStore.ts';

/** Follows the live list into the store until the stream ends or `signal` fires. */
export async function mirrorInstances(store: InstanceStore, client: Client, signal: AbortSignal): Promise<void> {
  const queue = new InstanceChangeQueue(store, {
    nowMs: () => performance.now(),
    after: (delayMs, callback) => {
      const timer = setTimeout(callback, delayMs);
      return () => { clearTimeout(timer); };
    },
  });
  try {
    for await (const change of await client.instances.watch({}, { signal })) queue.accept(change);
  } finally {
    queue.dispose();
  }
}
