import type { GpuReading } from '#contract/gpus.ts';
import type { GpuId } from '#contract/ids.ts';
import { leaseId, leaseNeed, type Ledger, type Lease, type LeaseAnswer, type LeaseHolder, type LeaseRefusal } from '#contract/leases.ts';
import type { Clock } from '../../../base/clock.ts';
import { DisposableStack } from '../../../base/disposables.ts';
import { Emitter, type Event } from '../../../base/emitter.ts';
import { createId } from '../../../base/ids.ts';
import type { Logger } from '../../../base/logger.ts';
import type { ProcessOwners } from '../../../platform/process/processOwners.ts';
import { DeviceLedger } from './deviceLedger.ts';
import type { GpuLeases, HeldLease, LeaseRequest, LeaseResult, LeaseWait } from './heldLease.ts';
import { decideLease, isLast, orderQueue, planQueue, type LeaseDecision, type Waiting } from './leasePolicy.ts';
import { createShare, toLease, type LeaseRecord } from './leaseRecord.ts';
import type { LeaseRepository } from './leaseRepository.ts';
import { describeRefusal } from './refusalPolicy.ts';

/** Where readings come from; a `GpuSampler` is one. */
export interface GpuReadings {
  readonly onDidRead: Event<GpuReading>;
  latest(): Promise<GpuReading>;
  read(): Promise<GpuReading>;
}

/** What happened to a lease, for whoever writes it down. */
export interface LeaseEvent {
  readonly kind: 'granted' | 'released' | 'refused' | 'waiting';
  readonly holder: LeaseHolder;
  readonly lease: Lease | null;
  readonly refusal: LeaseRefusal | null;
}

interface LeaseDeps {
  readonly readings: GpuReadings;
  readonly owners: ProcessOwners;
  readonly repository: Pick<LeaseRepository, 'list' | 'save' | 'delete'>;
  readonly getReserveBytes: () => number;
  readonly clock: Clock;
  readonly log: Logger;
}

interface PendingRequest extends Waiting {
  readonly id: Lease['id'];
  readonly holder: LeaseHolder;
  readonly askedAtMs: number;
  readonly settle: (result: LeaseResult) => void;
}

type Blocked = Exclude<LeaseDecision, { kind: 'grant' }>;

const FRESH_MS = 1_500;
const READING_DEADLINE_MS = 1_000;
const WATCHDOG_MS = 60_000;

/** The one ledger of GPU memory: decides, books, keeps the queue, and corrects itself by what the driver says. */
export class LeaseService implements GpuLeases {
  readonly #deps: LeaseDeps;
  readonly #devices: DeviceLedger;
  readonly #didChange = new Emitter<undefined>();
  readonly #didDecide = new Emitter<LeaseEvent>();
  readonly #stack = new DisposableStack();
  /** What ends a waiting request's timer and its listening. */
  readonly #endings = new Map<PendingRequest, () => void>();
  #waiting: PendingRequest[] = [];
  #blocked = new Map<PendingRequest, { decision: Blocked; ahead: readonly PendingRequest[] }>();
  /** Devices that somebody waits for. */
  #claimed: ReadonlySet<GpuId> = new Set();
  /** Who claimed last without moving anybody else, and what was claimed before. */
  #lastClaim: { readonly request: PendingRequest; readonly before: ReadonlySet<GpuId> } | null = null;
  #serial = 0;
  #arrivals: Promise<void> = Promise.resolve();
  #isStarted = false;
  #isStopped = false;

  /** Fires after the ledger changed; ask `ledger()` for it. */
  readonly onDidChange = this.#didChange.event;
  readonly onDidDecide = this.#didDecide.event;

  constructor(deps: LeaseDeps) {
    this.#deps = deps;
    this.#devices = new DeviceLedger(deps);
  }

  /** Takes up the leases of before the restart and follows the readings. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const { repository, readings, clock } = this.#deps;
    for (const record of repository.list()) this.#devices.put(record);
    this.#stack.add(readings.onDidRead((reading) => { this.#observe(reading); }));
    this.#stack.defer(clock.every(WATCHDOG_MS, () => { this.#serve(); }));
  }

  /** Refuses whoever waits. Leases stay written down, for the next backend. */
  stop(): void {
    this.#isStopped = true;
    this.#stack.dispose();
    for (const request of [...this.#waiting]) this.#withdraw(request);
  }

  async request(asked: LeaseRequest, holder: LeaseHolder, wait: LeaseWait = {}): Promise<LeaseResult> {
    const { clock } = this.#deps;
    const need = leaseNeed.parse(asked);
    const [serial, sinceMs, askedAtMs] = [this.#serial++, clock.monotonicMs(), clock.nowMs()];
    // One after the other, so that whoever asked first is in the queue first.
    this.#arrivals = this.#arrivals.then(() => this.#freshen());
    await this.#arrivals;
    const { promise, resolve } = Promise.withResolvers<LeaseResult>();
    const request: PendingRequest = { need, holder, serial, sinceMs, askedAtMs, id: leaseId.parse(createId('lease', askedAtMs)), settle: resolve };
    if (this.#isStopped || wait.signal?.aborted === true) return this.#refuse(request, { ...this.#explain(request, { kind: 'short', reason: 'cancelled', capable: [] }, []) });
    this.#admit(request);
    if (this.#waiting.includes(request)) this.#hold(request, wait);
    return promise;
  }

  /** What a request would get if it came now; books nothing. */
  async check(asked: LeaseRequest): Promise<LeaseAnswer> {
    await this.#freshen();
    const request: PendingRequest = { need: leaseNeed.parse(asked), holder: { kind: 'run', id: 'check', name: 'check' }, serial: this.#serial, sinceMs: this.#deps.clock.monotonicMs(), askedAtMs: 0, id: leaseId.parse('check'), settle: () => undefined };
    const { decisions } = this.#plan([...this.#waiting, request]);
    const entry = decisions.find((one) => one.request === request);
    if (entry?.decision.kind === 'grant') return { kind: 'fits', gpuIds: entry.decision.shares.map(({ gpuId }) => gpuId) };
    return { kind: 'refused', refusal: this.#explain(request, entry?.decision ?? { kind: 'short', reason: 'driver_silent', capable: [] }, entry?.ahead ?? []) };
  }

  adopt(holder: Pick<LeaseHolder, 'kind' | 'id'>): HeldLease | null {
    const record = this.#devices.find(holder);
    if (record === null) return null;
    const held: LeaseRecord = { ...record, state: 'held' };
    this.#devices.put(held);
    this.#announce();
    return this.#hand(held);
  }

  release(holder: Pick<LeaseHolder, 'kind' | 'id'>): void {
    for (let record = this.#devices.find(holder); record !== null; record = this.#devices.find(holder)) this.#end(record.id);
  }

  endAdoption(kind: LeaseHolder['kind']): void {
    for (const { id, state, holder } of this.#devices.leases) {
      if (state !== 'unclaimed' || holder.kind !== kind) continue;
      this.#deps.log.info('lease.unclaimed', { leaseId: id, holder });
      this.#end(id);
    }
  }

  /** The whole ledger as it is now. */
  ledger(): Ledger {
    const ordered = orderQueue(this.#waiting, this.#deps.clock.monotonicMs());
    return {
      takenAtMs: this.#devices.takenAtMs,
      ...this.#devices.describe(),
      waiting: ordered.map((request) => ({ id: request.id, holder: request.holder, need: request.need, sinceMs: request.askedAtMs, refusal: this.#explainBlocked(request) })),
    };
  }

  /** Decides for everybody in the queue; what can be granted is booked in the same step. */
  #serve(): void {
    this.#claimed = new Set();
    this.#lastClaim = null;
    this.#blocked = new Map();
    if (this.#waiting.length === 0) return;
    const { decisions, claimed } = this.#plan(this.#waiting);
    this.#claimed = claimed;
    let hasChanged = false;
    for (const { request, decision, ahead } of decisions) {
      if (decision.kind === 'short') { this.#blocked.set(request, { decision, ahead }); continue; }
      this.#settle(request, decision);
      hasChanged = true;
    }
    if (hasChanged) this.#announce();
  }

  /** Puts a request into the queue. Whoever comes last changes nothing for those ahead, who were decided at the last change. */
  #admit(request: PendingRequest): void {
    const isTheLast = isLast(request, this.#waiting, this.#deps.clock.monotonicMs());
    this.#waiting.push(request);
    if (!isTheLast) { this.#serve(); return; }
    const decision = decideLease(request.need, { books: this.#devices.openBooks(), driver: this.#devices.driver, claimed: this.#claimed });
    if (decision.kind === 'short') {
      this.#blocked.set(request, { decision, ahead: this.#waiting.slice(0, -1) });
      this.#lastClaim = { request, before: this.#claimed };
      this.#claimed = new Set([...this.#claimed, ...decision.capable.map(({ facts }) => facts.id)]);
    } else {
      this.#settle(request, decision);
      this.#announce();
    }
  }

  #settle(request: PendingRequest, decision: Exclude<LeaseDecision, { kind: 'short' }>): void {
    if (decision.kind === 'grant') this.#grant(request, decision.shares);
    else this.#remove(request, () => this.#refuse(request, this.#explain(request, decision, [])));
  }

  #plan(requests: readonly PendingRequest[]): ReturnType<typeof planQueue<PendingRequest>> {
    return planQueue(orderQueue(requests, this.#deps.clock.monotonicMs()), { books: this.#devices.openBooks(), driver: this.#devices.driver }, ({ id, holder, need }, { gpuId, bytes }) => ({
      leaseId: id, gpuId, holder, priority: need.priority, bytes, usedBytes: 0, isExclusive: need.mode === 'exclusive',
    }));
  }

  #grant(request: PendingRequest, shares: Extract<LeaseDecision, { kind: 'grant' }>['shares']): void {
    const { id, holder, need } = request;
    const record: LeaseRecord = {
      id, holder, mode: need.mode, priority: need.priority, state: 'held', marks: new Set(), pids: new Set(), grantedAtMs: this.#deps.clock.nowMs(),
      shares: shares.map(({ gpuId, bytes }) => createShare(gpuId, bytes)),
    };
    this.#devices.put(record);
    this.#write(() => { this.#deps.repository.save(record); });
    this.#remove(request, () => {
      this.#tell('granted', holder, { lease: this.#toLease(record) });
      return { kind: 'granted', lease: this.#hand(record) };
    });
  }

  /** Lets a request wait for as long as it wants to. */
  #hold(request: PendingRequest, { patienceMs = 0, signal, onWait }: LeaseWait): void {
    if (patienceMs === 0) { this.#turnAway(request); return; }
    const refusal = this.#explainBlocked(request);
    onWait?.(refusal);
    this.#tell('waiting', request.holder, { refusal });
    const withdraw = (): void => { this.#withdraw(request); };
    signal?.addEventListener('abort', withdraw, { once: true });
    const stopTimer = patienceMs === null ? null : this.#deps.clock.after(patienceMs, () => { this.#giveUp(request); });
    this.#endings.set(request, () => { signal?.removeEventListener('abort', withdraw); stopTimer?.(); });
    this.#announce();
  }

  /** Refuses who does not wait. If nobody was moved by its coming, nobody is by its going. */
  #turnAway(request: PendingRequest): void {
    const lastClaim = this.#lastClaim;
    this.#remove(request, () => this.#refuse(request, this.#explainBlocked(request)));
    if (lastClaim?.request === request) this.#claimed = lastClaim.before;
    else this.#serve();
  }

  #withdraw(request: PendingRequest): void {
    if (!this.#waiting.includes(request)) return;
    this.#remove(request, () => this.#refuse(request, { ...this.#explainBlocked(request), reason: 'cancelled' }));
    this.#serve();
    this.#announce();
  }

  #giveUp(request: PendingRequest): void {
    if (!this.#waiting.includes(request)) return;
    this.#remove(request, () => this.#refuse(request, this.#explainBlocked(request)));
    this.#serve();
    this.#announce();
  }

  #remove(request: PendingRequest, result: () => LeaseResult): void {
    const answer = result();
    this.#waiting = this.#waiting.filter((one) => one !== request);
    this.#blocked.delete(request);
    this.#endings.get(request)?.();
    this.#endings.delete(request);
    request.settle(answer);
  }

  #refuse({ holder }: PendingRequest, refusal: LeaseRefusal): LeaseResult {
    this.#tell('refused', holder, { refusal });
    return { kind: 'refused', refusal };
  }

  #end(id: Lease['id']): void {
    const record = this.#devices.get(id);
    if (record === null) return;
    this.#devices.drop(record);
    this.#write(() => { this.#deps.repository.delete(id); });
    this.#tell('released', record.holder, { lease: this.#toLease(record) });
    this.#serve();
    this.#announce();
  }

  #hand({ id, holder, shares }: LeaseRecord): HeldLease {
    const gpuIds = shares.map(({ gpuId }) => gpuId);
    const dispose = (): void => { this.#end(id); };
    return {
      id, holder, gpuIds, environment: this.#devices.toEnvironment(gpuIds), dispose, [Symbol.dispose]: dispose,
      ownMark: (mark) => { this.#own(id, { marks: [mark] }); },
      ownPids: (pids) => { this.#own(id, { pids }); },
      settle: ({ headroomBytes = 0 } = {}) => { this.#shrink(id, headroomBytes); },
    };
  }

  #own(id: Lease['id'], what: Parameters<DeviceLedger['own']>[1]): void {
    this.#devices.own(id, what);
    this.#serve();
    this.#announce();
  }

  #shrink(id: Lease['id'], headroomBytes: number): void {
    const settled = this.#devices.settle(id, headroomBytes);
    if (settled === null) return;
    this.#write(() => { this.#deps.repository.save(settled); });
    this.#serve();
    this.#announce();
  }

  #observe(reading: GpuReading): void {
    const unnamed = this.#devices.take(reading);
    this.#serve();
    this.#announce();
    if (unnamed.length > 0) this.#name(unnamed).catch((error: unknown) => { this.#deps.log.error('lease.owners_failed', { error }); });
  }

  async #name(pids: readonly number[]): Promise<void> {
    const owners = await this.#deps.owners.read(pids);
    if (this.#isStopped) return;
    this.#devices.setOwners(pids, owners);
    this.#serve();
    this.#announce();
  }

  /** A reading of about now, or the last one if the driver takes too long. */
  async #freshen(): Promise<void> {
    const { readings, clock } = this.#deps;
    if (this.#isStopped || (this.#devices.hasReading && Math.abs(clock.nowMs() - this.#devices.takenAtMs) < FRESH_MS)) return;
    const { promise: late, resolve } = Promise.withResolvers<null>();
    const cancel = clock.after(READING_DEADLINE_MS, () => { resolve(null); });
    const reading = await Promise.race([readings.read(), late]);
    cancel();
    if (reading !== null && reading.takenAtMs !== this.#devices.takenAtMs) this.#observe(reading);
  }

  #explainBlocked(request: PendingRequest): LeaseRefusal {
    const blocked = this.#blocked.get(request);
    return this.#explain(request, blocked?.decision ?? { kind: 'short', reason: 'queued_behind', capable: [] }, blocked?.ahead ?? []);
  }

  #explain({ need }: PendingRequest, decision: LeaseDecision, ahead: readonly PendingRequest[]): LeaseRefusal {
    const blocked: Blocked = decision.kind === 'grant' ? { kind: 'short', reason: 'queued_behind', capable: [] } : decision;
    return describeRefusal({ need, decision: blocked, processes: this.#devices.processes, waitingAhead: ahead.map(({ holder }) => holder) });
  }

  #toLease(record: LeaseRecord): Lease {
    return toLease(record, (gpuId) => this.#devices.isLost(gpuId));
  }

  /** A full disk must not keep anybody from a GPU: what is not written is only forgotten by the next backend. */
  #write(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#deps.log.error('lease.not_written', { error });
    }
  }

  #tell(kind: LeaseEvent['kind'], holder: LeaseHolder, rest: Partial<Pick<LeaseEvent, 'lease' | 'refusal'>>): void {
    this.#deps.log.info(`lease.${kind}`, { holder, leaseId: rest.lease?.id, reason: rest.refusal?.reason });
    this.#didDecide.fire({ kind, holder, lease: null, refusal: null, ...rest });
  }

  #announce(): void {
    this.#didChange.fire(undefined);
  }
}
