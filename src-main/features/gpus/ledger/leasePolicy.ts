import type { GpuId } from '#contract/ids.ts';
import type { LeaseNeed, LeaseRefusal } from '#contract/leases.ts';
import { openBook, type Booking, type DeviceBook } from './deviceBook.ts';
import { chooseDevices, findCandidates, type Candidates } from './placementPolicy.ts';

/** Whether the driver answers, was found at all, or keeps silent. */
export type DriverState = 'ok' | 'absent' | 'slow';

/** What is decided about one need. `short` may change with time; `impossible` does not. */
export type LeaseDecision =
  | { readonly kind: 'grant'; readonly shares: readonly { readonly gpuId: GpuId; readonly bytes: number }[] }
  | { readonly kind: 'short'; readonly reason: LeaseRefusal['reason']; readonly capable: readonly DeviceBook[] }
  | { readonly kind: 'impossible'; readonly reason: 'no_device' | 'unknown_device' | 'never_fits'; readonly unknown: readonly string[]; readonly candidates: readonly DeviceBook[] };

export interface LedgerView {
  readonly books: readonly DeviceBook[];
  readonly driver: DriverState;
  /** Devices that requests further ahead wait for. */
  readonly claimed: ReadonlySet<GpuId>;
}

/** Decides whether a need gets its lease now, and on which devices. Decides only; books nothing. */
export function decideLease(need: LeaseNeed, view: LedgerView): LeaseDecision {
  const found = findCandidates(need, view.books);
  const capable = found.books.filter((book) => book.capacityBytes >= need.bytes);
  return findObstacle(need, found, { driver: view.driver, capableCount: capable.length }) ?? decideAmong(need, found.areAllVisible ? found.books : capable, { ...view, areAllVisible: found.areAllVisible });
}

/** What stands in the way whatever else is given back; null if nothing does. */
function findObstacle({ deviceCount }: LeaseNeed, { books: candidates, unknown }: Candidates, { driver, capableCount }: { driver: DriverState; capableCount: number }): LeaseDecision | null {
  const isIncomplete = unknown.length > 0 || candidates.length < deviceCount;
  if (isIncomplete && driver === 'slow') return { kind: 'short', reason: 'driver_silent', capable: [] };
  if (isIncomplete) return { kind: 'impossible', reason: unknown.length > 0 ? 'unknown_device' : 'no_device', unknown, candidates };
  return capableCount < deviceCount ? { kind: 'impossible', reason: 'never_fits', unknown, candidates } : null;
}

/** Decides among devices that could serve the need, were they empty. */
function decideAmong(need: LeaseNeed, visited: readonly DeviceBook[], { claimed, areAllVisible }: Pick<LedgerView, 'claimed'> & { areAllVisible: boolean }): LeaseDecision {
  const open = visited.filter((book) => canVisit(book, need.mode));
  const enoughOpen = areAllVisible ? visited.length : need.deviceCount;
  if (open.length < enoughOpen) return { kind: 'short', reason: whyClosed(visited, need.mode), capable: visited };
  const fitting = open.filter((book) => book.freeBytes >= need.bytes);
  if (fitting.length < need.deviceCount) return { kind: 'short', reason: 'not_enough_free', capable: visited };
  const unclaimed = fitting.filter(({ facts }) => !claimed.has(facts.id));
  const isBehind = unclaimed.length < need.deviceCount || (areAllVisible && visited.some(({ facts }) => claimed.has(facts.id)));
  if (isBehind) return { kind: 'short', reason: 'queued_behind', capable: visited };

  const taken = chooseDevices(unclaimed, need);
  const seen = areAllVisible ? visited.filter((book) => !taken.includes(book)) : [];
  return { kind: 'grant', shares: [...taken.map(({ facts }) => ({ gpuId: facts.id, bytes: need.bytes })), ...seen.map(({ facts }) => ({ gpuId: facts.id, bytes: 0 }))] };
}

/** Whether a lease of this mode may stand beside what stands there. */
function canVisit({ exclusiveLeaseId, bookings }: DeviceBook, mode: LeaseNeed['mode']): boolean {
  return exclusiveLeaseId === null && (mode === 'shared' || bookings.length === 0);
}

function whyClosed(books: readonly DeviceBook[], mode: LeaseNeed['mode']): 'exclusive_held' | 'not_exclusive' {
  return mode === 'shared' || books.some(({ exclusiveLeaseId }) => exclusiveLeaseId !== null) ? 'exclusive_held' : 'not_exclusive';
}

/** A request in the queue. `sinceMs` on a clock that only grows. */
export interface Waiting {
  readonly need: LeaseNeed;
  readonly serial: number;
  readonly sinceMs: number;
}

/** One step of priority for each minute of waiting, so that nobody waits for ever behind a stream of more important ones. */
const AGE_STEP_MS = 60_000;

/** The order of service: priority with age, then arrival; within one priority whoever came first goes first. */
export function orderQueue<W extends Waiting>(waiting: readonly W[], nowMs: number): W[] {
  return waiting.map((one) => ({ one, rank: rankOf(one, nowMs) })).toSorted((a, b) => b.rank - a.rank || a.one.serial - b.one.serial).map(({ one }) => one);
}

/** Whether a newcomer is served after everybody who waits. */
export function isLast(newcomer: Waiting, waiting: readonly Waiting[], nowMs: number): boolean {
  const rank = rankOf(newcomer, nowMs);
  return waiting.every((one) => rankOf(one, nowMs) >= rank && one.serial < newcomer.serial);
}

function rankOf({ need, sinceMs }: Waiting, nowMs: number): number {
  return need.priority + Math.floor(Math.max(0, nowMs - sinceMs) / AGE_STEP_MS);
}

/** What the queue comes to: a decision for each request, in the order of service. */
export interface QueuePlan<W> {
  readonly decisions: readonly { readonly request: W; readonly decision: LeaseDecision; readonly ahead: readonly W[] }[];
  /** Devices that somebody waits for after this step. */
  readonly claimed: ReadonlySet<GpuId>;
}

/**
 * Serves a queue in order. A request that must wait claims every device that could serve it: whoever comes later gets none of
 * them, so a small request never slips past a large one for ever. Decides only.
 */
export function planQueue<W extends Waiting>(ordered: readonly W[], { books, driver }: Omit<LedgerView, 'claimed'>, toBooking: (request: W, share: { gpuId: GpuId; bytes: number }) => Booking): QueuePlan<W> {
  const current = [...books];
  const positions = new Map(books.map(({ facts }, position) => [facts.id, position]));
  const claimed = new Set<GpuId>();
  let ahead: readonly W[] = [];
  const decisions = ordered.map((request) => {
    const decision = decideLease(request.need, { books: current, driver, claimed });
    const entry = { request, decision, ahead };
    if (decision.kind === 'short') {
      for (const { facts } of decision.capable) claimed.add(facts.id);
      ahead = [...ahead, request];
    }
    if (decision.kind === 'grant') {
      for (const share of decision.shares) addBooking(current, positions.get(share.gpuId), toBooking(request, share));
    }
    return entry;
  });
  return { decisions, claimed };
}

function addBooking(books: DeviceBook[], position: number | undefined, booking: Booking): void {
  const book = position === undefined ? undefined : books[position];
  if (book !== undefined && position !== undefined) books[position] = openBook(book.facts, book.reserveBytes, [...book.bookings, booking]);
}
