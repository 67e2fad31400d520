import type { LeaseNeed } from '#contract/leases.ts';
import type { DeviceBook } from './deviceBook.ts';

type Order = Extract<LeaseNeed['placement'], { kind: 'auto' }>['order'];

/** Devices that a need may use at all, in no order, and those it names that are not there. */
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
    case 'uuid': return pick(new Set(placement.gpuIds), usable, ({ facts }) => facts.id);
    case 'index': return pick(new Set(placement.indices), usable, ({ facts }) => facts.index);
  }
}

function pick<K extends string | number>(wanted: ReadonlySet<K>, books: readonly DeviceBook[], keyOf: (book: DeviceBook) => K): Candidates {
  const found = books.filter((book) => wanted.has(keyOf(book)));
  const foundKeys = new Set(found.map(keyOf));
  return { books: found, unknown: [...wanted].filter((key) => !foundKeys.has(key)).map(String), areAllVisible: true };
}

/** Puts devices that fit into the order in which they should be taken; one with a display comes last. Decides only. */
export function orderDevices(fitting: readonly DeviceBook[], order: Order): DeviceBook[] {
  const compare = ORDERS[order];
  return fitting.toSorted((a, b) => Number(a.facts.isDisplayAttached) - Number(b.facts.isDisplayAttached) || compare(a, b) || a.facts.index - b.facts.index || (a.facts.id < b.facts.id ? -1 : 1));
}

/** The order for a need: devices that were named are taken with the most free first. */
export function orderFor({ placement }: Pick<LeaseNeed, 'placement'>): Order {
  return placement.kind === 'auto' ? placement.order : 'most_free';
}

const freeDifference = (a: DeviceBook, b: DeviceBook): number => a.freeBytes - b.freeBytes;

const ORDERS: Readonly<Record<Order, (a: DeviceBook, b: DeviceBook) => number>> = {
  most_free: (a, b) => freeDifference(b, a),
  smallest_fit: (a, b) => freeDifference(a, b) || a.facts.totalBytes - b.facts.totalBytes,
  spread: (a, b) => a.bookings.length - b.bookings.length || freeDifference(b, a),
  pack: (a, b) => Number(b.bookings.length > 0) - Number(a.bookings.length > 0) || freeDifference(a, b),
};
