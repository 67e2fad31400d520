import { compareWaiters } from './queuePolicy.ts';
import type { Waiter } from './schedulerState.ts';

/** Who waits for a slot at which place, by request; 1 is served next. Whoever waits for the load alone has none. */
export function toPlaces(waiters: readonly Waiter[], nowMs: number): ReadonlyMap<string, number> {
  const queue = waiters.filter(({ wants }) => wants === 'slot').toSorted((a, b) => compareWaiters(a, b, nowMs));
  return new Map(queue.map(({ requestId }, index) => [requestId, index + 1]));
}
