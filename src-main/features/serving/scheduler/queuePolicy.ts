import { TIMING } from './timing.ts';
import type { Unit, Waiter } from './schedulerState.ts';

/** How many requests may wait: at all, for one model, with one key. */
export interface QueueLimits { readonly all: number; readonly model: number; readonly key: number }

/** Which bound a newcomer meets; null when it may wait. Counts who was admitted and has no slot yet. */
export function findFullScope({ units, unit, keyId }: { units: Iterable<Unit>; unit: Unit; keyId: string | null }, limits: QueueLimits): 'all' | 'model' | 'key' | null {
  let all = 0;
  let ofKey = 0;
  for (const { waiters } of units) {
    all += waiters.length;
    ofKey += keyId === null ? 0 : waiters.filter((waiter) => waiter.keyId === keyId).length;
  }
  if (all >= limits.all) return 'all';
  if (unit.waiters.length >= limits.model) return 'model';
  return keyId !== null && ofKey >= limits.key ? 'key' : null;
}

/** Priority, with a step more for each minute of waiting, so that nobody waits for ever behind more important ones. */
export function toRank({ priority, sinceMs }: Pick<Waiter, 'priority' | 'sinceMs'>, nowMs: number): number {
  return priority + Math.floor(Math.max(0, nowMs - sinceMs) / TIMING.ageStepMs);
}

/** Who is served before whom: rank first, then who came first. */
export function compareWaiters(a: Waiter, b: Waiter, nowMs: number): number {
  return toRank(b, nowMs) - toRank(a, nowMs) || a.serial - b.serial;
}

/** The waiter who is served next; null when nobody waits. */
export function findNext(waiters: readonly Waiter[], nowMs: number): Waiter | null {
  return waiters.reduce<Waiter | null>((best, one) => (best === null || compareWaiters(one, best, nowMs) < 0 ? one : best), null);
}

/** Models that wait for their load, in the order in which they are served; those of one model stand together behind its first. */
export function orderUnits(units: readonly Unit[], nowMs: number): Unit[] {
  const heads = units.flatMap((unit) => { const head = findNext(unit.waiters, nowMs); return head === null ? [] : [{ unit, head }]; });
  return heads.toSorted((a, b) => compareWaiters(a.head, b.head, nowMs)).map(({ unit }) => unit);
}

/** Whether its load is wanted: once an unload was asked for, only by those who came before that. */
export function isWanted({ waiters, leaveAfterSerial }: Pick<Unit, 'waiters' | 'leaveAfterSerial'>): boolean {
  return waiters.some(({ serial }) => leaveAfterSerial === null || serial <= leaveAfterSerial);
}

/** Since when somebody waits for this model. */
export function waitingSinceMs({ waiters }: Pick<Unit, 'waiters'>): number | null {
  return waiters.length === 0 ? null : Math.min(...waiters.map(({ sinceMs }) => sinceMs));
}
