import type { LeaseNeed } from '#contract/leases.ts';
import type { DeviceBook } from './deviceBook.ts';

type Order = Extract<LeaseNeed['placement'], { kind: 'auto' }>['order'];

/** Devices that a need may use at all, in the order in which it names them, and those it names that are not there. */
export interface Candidates {
  readonly books: readonly DeviceBook[];
  readonly unknown: readonly string[];
  /** Every candidate becomes visible to the holder, also those that nothing is booked on. */
  readonly areAllVisible: boolean;
}

/** Finds the devices that a need names, or every device of the wanted vendor. */
export function findCandidates({ placement, vendor }: Pick<LeaseNeed, 'placement' | 'vendor'>, books: readonly DeviceBook[]): Candidates {
  const usable = books.filter(({ facts }) => facts.isBookable && !facts.isLost && (vendor === null || facts.vendor === vendor));
  switch (placement.kind) {
    case 'auto': return { books: usable, unknown: [], areAllVisible: false };
    case 'uuid': return pick(placement.gpuIds, usable, ({ facts }) => facts.id);
    case 'index': return pick(placement.indices, usable, ({ facts }) => facts.index);
  }
}

function pick<K extends string | number>(named: readonly K[], books: readonly DeviceBook[], keyOf: (book: DeviceBook) => K): Candidates {
  const byKey = Map.groupBy(books, keyOf);
  const wanted = [...new Set(named)];
  return { books: wanted.flatMap((key) => byKey.get(key) ?? []), unknown: wanted.filter((key) => !byKey.has(key)).map(String), areAllVisible: true };
}

/**
 * Chooses among devices that fit, one with a display last. Those that were named are chosen with the most free first and stay in
 * the order in which they were named. Decides only.
 */
export function chooseDevices(fitting: readonly DeviceBook[], { placement, deviceCount }: Pick<LeaseNeed, 'placement' | 'deviceCount'>): DeviceBook[] {
  const isNamed = placement.kind !== 'auto';
  const chosen = orderDevices(fitting, isNamed ? 'most_free' : placement.order).slice(0, deviceCount);
  return isNamed ? fitting.filter((book) => chosen.includes(book)) : chosen;
}

function orderDevices(fitting: readonly DeviceBook[], order: Order): DeviceBook[] {
  const compare = ORDERS[order];
  return fitting.toSorted((a, b) => Number(a.facts.isDisplayAttached) - Number(b.facts.isDisplayAttached) || compare(a, b) || a.facts.index - b.facts.index || (a.facts.id < b.facts.id ? -1 : 1));
}

const freeDifference = (a: DeviceBook, b: DeviceBook): number => a.freeBytes - b.freeBytes;

const ORDERS: Readonly<Record<Order, (a: DeviceBook, b: DeviceBook) => number>> = {
  most_free: (a, b) => freeDifference(b, a),
  smallest_fit: (a, b) => freeDifference(a, b) || a.facts.totalBytes - b.facts.totalBytes,
  spread: (a, b) => a.bookings.length - b.bookings.length || freeDifference(b, a),
  pack: (a, b) => Number(b.bookings.length > 0) - Number(a.bookings.length > 0) || freeDifference(a, b),
};
