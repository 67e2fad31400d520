import type { GpuId } from '#contract/ids.ts';
import type { DeviceProcess, DeviceShortfall, LeaseHolder, LeaseNeed, LeaseRefusal } from '#contract/leases.ts';
import type { Booking, DeviceBook } from './deviceBook.ts';
import type { LeaseDecision } from './leasePolicy.ts';

interface RefusalFacts {
  readonly need: LeaseNeed;
  readonly decision: Exclude<LeaseDecision, { kind: 'grant' }>;
  /** The processes of each device. */
  readonly processes: ReadonlyMap<GpuId, readonly DeviceProcess[]>;
  readonly waitingAhead: readonly LeaseHolder[];
}

/** A box of 64 devices is not told device by device: the nearest are enough to decide by. */
const MOST_DEVICES = 8;

/** Says why a need is not met: what is missing where, who holds it, and whose end would make room. Decides only. */
export function describeRefusal({ need, decision, processes, waitingAhead }: RefusalFacts): LeaseRefusal {
  const books = decision.kind === 'short' ? decision.capable : decision.candidates;
  const nearest = books.map((book) => ({ book, missingBytes: getMissingBytes(book, need) })).toSorted((a, b) => a.missingBytes - b.missingBytes);
  const wanted = nearest.slice(0, need.deviceCount);
  return {
    reason: decision.reason,
    neededBytes: need.bytes, deviceCount: need.deviceCount, mode: need.mode,
    missingBytes: wanted.reduce((sum, { missingBytes }) => sum + missingBytes, 0),
    unknown: decision.kind === 'impossible' ? [...decision.unknown] : [],
    devices: nearest.slice(0, Math.max(MOST_DEVICES, need.deviceCount)).map(({ book, missingBytes }) => toShortfall(book, missingBytes, processes.get(book.facts.id) ?? [])),
    couldStop: decision.kind === 'impossible' ? [] : wanted.flatMap(({ book }) => chooseToStop(book, need)),
    waitingAhead: [...waitingAhead],
  };
}

function getMissingBytes(book: DeviceBook, need: LeaseNeed): number {
  return Math.max(0, need.bytes - Math.min(book.freeBytes, book.capacityBytes));
}

function toShortfall(book: DeviceBook, shortfallBytes: number, processes: readonly DeviceProcess[]): DeviceShortfall {
  const { facts, bookings } = book;
  return {
    gpuId: facts.id, index: facts.index, name: facts.name, totalBytes: facts.totalBytes, freeBytes: book.freeBytes, shortfallBytes,
    holders: bookings.map(({ leaseId, holder, bytes, usedBytes, isExclusive }) => ({ leaseId, holder, bytes, usedBytes, isExclusive })),
    foreign: processes.filter(({ owner }) => owner.kind === 'foreign').map(({ pid, name, usedBytes }) => ({ pid, name, usedBytes })),
  };
}

/** The fewest holders of one device whose end makes room: one if one is enough, the least important first; none if not even all would do. */
export function chooseToStop(book: DeviceBook, need: LeaseNeed): LeaseRefusal['couldStop'] {
  const { facts, bookings, exclusiveLeaseId } = book;
  const toAnswer = ({ leaseId, holder, bytes, usedBytes }: Booking): LeaseRefusal['couldStop'][number] => ({ leaseId, holder, gpuId: facts.id, freesBytes: Math.max(bytes, usedBytes) });
  const wouldDo = (gone: readonly Booking[]): boolean => getFreeAfter(book, gone) >= need.bytes && (need.mode === 'shared' || gone.length === bookings.length);
  if (exclusiveLeaseId !== null || need.mode === 'exclusive') return wouldDo(bookings) ? bookings.map(toAnswer) : [];
  if (wouldDo([])) return [];
  const byWeight = bookings.toSorted((a, b) => a.priority - b.priority || weigh(a) - weigh(b));
  const one = byWeight.find((booking) => wouldDo([booking]));
  if (one !== undefined) return [toAnswer(one)];
  const gone: Booking[] = [];
  for (const booking of bookings.toSorted((a, b) => a.priority - b.priority || weigh(b) - weigh(a))) {
    gone.push(booking);
    if (wouldDo(gone)) return gone.map(toAnswer);
  }
  return [];
}

function weigh({ bytes, usedBytes }: Booking): number {
  return Math.max(bytes, usedBytes);
}

/** What would be free once these are gone and the driver has their memory back. */
function getFreeAfter({ facts, reserveBytes, bookedBytes, outstandingBytes }: DeviceBook, gone: readonly Booking[]): number {
  const booked = bookedBytes - gone.reduce((sum, one) => sum + weigh(one), 0);
  const outstanding = outstandingBytes - gone.reduce((sum, { bytes, usedBytes }) => sum + Math.max(0, bytes - usedBytes), 0);
  const used = gone.reduce((sum, { usedBytes }) => sum + usedBytes, 0);
  const byLedger = facts.totalBytes - reserveBytes - booked;
  return Math.min(byLedger, facts.driverFreeBytes === null ? byLedger : facts.driverFreeBytes + used - outstanding);
}
