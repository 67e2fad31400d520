import type { LeaseRefusal } from '#contract/leases.ts';
import type { Clock } from '../../../base/clock.ts';
import { DisposableStack } from '../../../base/disposables.ts';
import type { Logger } from '../../../base/logger.ts';
import type { Engine, EngineEndpoint, EngineExit, EngineHealth, EngineLaunch, EngineMemory, EngineReport, EngineStarter } from '../engines/enginePort.ts';
import type { HeldSlots } from './heldSlots.ts';
import type { GpuBooking, GpuMemory } from './memoryPorts.ts';
import type { RamBooking, RamLedger } from './ramLedger.ts';
import type { Placement } from './schedulerState.ts';
import { SilenceWatch } from './silenceWatch.ts';
import { TIMING } from './timing.ts';

/** What happens to one load, in this order at most once each but for the signs. After `gone` and after `refused` nothing comes. */
export type SessionEvent =
  | { readonly kind: 'booked' }
  | { readonly kind: 'refused'; readonly refusal: LeaseRefusal | null }
  | { readonly kind: 'sign'; readonly progress: number | null }
  | { readonly kind: 'line'; readonly line: string }
  | { readonly kind: 'ready' }
  /** What it takes is known. */
  | { readonly kind: 'measured' }
  /** It ended without being asked to. */
  | { readonly kind: 'exited'; readonly exit: EngineExit }
  | { readonly kind: 'gone' };

export interface SessionDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly gpus: GpuMemory;
  readonly ram: Pick<RamLedger, 'book'>;
}

/** One load, decided: where it stands and how it is started. */
export interface SessionPlan {
  readonly id: string;
  readonly name: string;
  readonly placement: Placement;
  readonly starter: EngineStarter;
  /** Its environment comes with the devices. */
  readonly launch: Omit<EngineLaunch, 'environment'>;
  readonly slots: Pick<HeldSlots, 'silentSinceMs' | 'noteSign'>;
}

/** What is known of an engine beside its state. */
export interface SessionFacts {
  readonly pid: number | null;
  readonly gpuLayers: number | null;
  readonly layerCount: number | null;
  readonly measuredGpuBytes: number | null;
  readonly residentBytes: number | null;
  readonly reportedGpu: EngineMemory | null;
  readonly reportedRam: EngineMemory | null;
}

/** Shows no device of any vendor that could be taken by itself. */
const NO_DEVICES = { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: '' };

/** How much of the memory must be back before somebody else is loaded there. */
const BACK_SHARE = 0.75;
const GROWTH_BYTES = 1024 * 1024;

/** One engine from the booking of its memory until the last of it is back. */
export class EngineSession {
  readonly #deps: SessionDeps;
  readonly #plan: SessionPlan;
  readonly #tell: (event: SessionEvent) => void;
  readonly #stack = new DisposableStack();
  #gpuBooking: GpuBooking | null = null;
  #ramBooking: RamBooking | null = null;
  #engine: Engine | null = null;
  #silence: SilenceWatch | null = null;
  #cancelPoll: (() => void) | null = null;
  /** Asks for its health now and not at the next turn; null while a question is on its way. */
  #askNow: (() => void) | null = null;
  #isHurried = false;
  #progress: number | null = null;
  #isClosing = false;
  #isReady = false;
  #isOver = false;
  #freeAtReadyBytes: number | null = null;
  #facts: SessionFacts = { pid: null, gpuLayers: null, layerCount: null, measuredGpuBytes: null, residentBytes: null, reportedGpu: null, reportedRam: null };

  constructor(deps: SessionDeps, plan: SessionPlan, tell: (event: SessionEvent) => void) {
    this.#deps = deps;
    this.#plan = plan;
    this.#tell = tell;
  }

  get facts(): SessionFacts {
    return this.#facts;
  }

  /** Where it answers; null while it does not. */
  get endpoint(): EngineEndpoint | null {
    return this.#isOver ? null : this.#engine?.getEndpoint() ?? null;
  }

  /** Books RAM at once and devices as soon as their ledger answers, then starts the engine. */
  open(): void {
    const { placement, id, name } = this.#plan;
    this.#ramBooking = this.#deps.ram.book(placement.ramBytes);
    if (this.#ramBooking === null) { this.#refuse(null); return; }
    if (placement.shares.length === 0) { this.#begin(); return; }
    this.#deps.gpus.book(placement.shares, { id, name }).then((result) => {
      if (result.kind === 'refused') { this.#refuse(result.refusal); return; }
      this.#gpuBooking = result.booking;
      this.#begin();
    }, (error: unknown) => { this.#deps.log.error('engine.booking_failed', { id, error }); this.#refuse(null); });
  }

  /** Ends it, wherever it stands; twice is harmless. `gone` tells when all is over. */
  close(): void {
    if (this.#isClosing || this.#isOver) return;
    this.#isClosing = true;
    if (this.#engine !== null) this.#leave(this.#engine, this.#readFree(TIMING.readingMs));
  }

  #refuse(refusal: LeaseRefusal | null): void {
    this.#release();
    this.#tell(this.#isClosing ? { kind: 'gone' } : { kind: 'refused', refusal });
  }

  #begin(): void {
    if (this.#isClosing) { this.#finish(); return; }
    this.#tell({ kind: 'booked' });
    const engine = this.#start();
    if (engine === null) return;
    this.#engine = engine;
    this.#facts = { ...this.#facts, pid: engine.pid };
    if (engine.mark !== null) this.#gpuBooking?.ownMark(engine.mark);
    if (engine.pid !== null) this.#gpuBooking?.ownPids([engine.pid]);
    this.#stack.add(engine.onDidReport((report) => { this.#takeReport(report); }));
    this.#stack.add(engine.onDidExit((exit) => { this.#takeExit(engine, exit); }));
    this.#stack.defer(this.#deps.clock.every(TIMING.residentPollMs, () => { this.#watchGrowth(engine); this.#watchSilence(); }));
    this.#pollHealth(engine, this.#deps.clock.monotonicMs());
  }

  /** Null when it could not even be tried, as on a full disk: that is an exit like any other. */
  #start(): Engine | null {
    try {
      return this.#plan.starter.start({ ...this.#plan.launch, environment: this.#gpuBooking?.environment ?? NO_DEVICES });
    } catch (error) {
      this.#deps.log.error('engine.start_failed', { id: this.#plan.id, error });
      this.#isClosing = true;
      this.#tell({ kind: 'exited', exit: { code: null, signal: null, tail: [error instanceof Error ? error.message : String(error)], failure: 'spawn_failed' } });
      this.#finish();
      return null;
    }
  }

  #takeReport(report: EngineReport): void {
    if (report.kind === 'log') this.#tell({ kind: 'line', line: report.line });
    if (report.kind === 'layers') this.#facts = { ...this.#facts, gpuLayers: report.gpuLayers, layerCount: report.layerCount };
    if (report.kind === 'memory') this.#facts = { ...this.#facts, reportedGpu: report.gpu, reportedRam: report.ram };
    if (report.kind === 'loaded') this.#hurry();
    this.#plan.slots.noteSign();
    this.#tell({ kind: 'sign', progress: report.kind === 'progress' ? report.progress : null });
  }

  /** Who waits for the model need not wait for the next turn. */
  #hurry(): void {
    this.#isHurried = this.#askNow === null;
    this.#askNow?.();
  }

  #takeExit(engine: Engine, exit: EngineExit): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#tell({ kind: 'exited', exit });
    this.#leave(engine, Promise.resolve(this.#freeAtReadyBytes));
  }

  /** Every 50 ms for 2 s, then every 250 ms, one question at a time. */
  #pollHealth(engine: Engine, sinceMs: number): void {
    this.#readHealth(engine).then((health) => {
      if (this.#isClosing || this.#isOver) return;
      if (health.kind === 'ready') { this.#becomeReady(engine); return; }
      if (health.kind === 'loading') this.#takeProgress(health.progress);
      this.#pollAgain(() => { this.#pollHealth(engine, sinceMs); }, this.#deps.clock.monotonicMs() - sinceMs);
    }).catch((error: unknown) => { this.#deps.log.error('engine.health_failed', { id: this.#plan.id, error }); });
  }

  /** Silent when it takes too long. */
  #readHealth(engine: Engine): Promise<EngineHealth> {
    const abort = new AbortController();
    const cancelDeadline = this.#deps.clock.after(TIMING.healthDeadlineMs, () => { abort.abort(); });
    return engine.readHealth(abort.signal).catch(() => ({ kind: 'silent' as const })).finally(cancelDeadline);
  }

  #pollAgain(ask: () => void, passedMs: number): void {
    const askNow = (): void => { this.#cancelPoll?.(); this.#askNow = null; this.#isHurried = false; ask(); };
    if (this.#isHurried) { askNow(); return; }
    this.#askNow = askNow;
    this.#cancelPoll = this.#deps.clock.after(passedMs < TIMING.healthFastForMs ? TIMING.healthFastMs : TIMING.healthSlowMs, askNow);
  }

  /** Only what changes is a sign of life. */
  #takeProgress(progress: number | null): void {
    if (progress === null || progress === this.#progress) return;
    this.#progress = progress;
    this.#tell({ kind: 'sign', progress });
  }

  #becomeReady(engine: Engine): void {
    this.#isReady = true;
    if (engine.kind !== 'external') this.#silence = this.#createSilenceWatch(engine);
    this.#facts = { ...this.#facts, pid: engine.pid };
    this.#tell({ kind: 'ready' });
    this.#measure(engine).catch((error: unknown) => { this.#deps.log.warn('engine.measure_failed', { id: this.#plan.id, error }); });
  }

  async #measure(engine: Engine): Promise<void> {
    const resident = await engine.readResident();
    const measuredGpuBytes = await this.#gpuBooking?.settle() ?? null;
    this.#freeAtReadyBytes = await this.#readFree(TIMING.memoryBackMs);
    if (this.#isClosing) return;
    if (resident !== null) this.#ramBooking?.setResident(resident);
    this.#facts = { ...this.#facts, residentBytes: resident?.residentBytes ?? null, measuredGpuBytes };
    this.#tell({ kind: 'measured' });
  }

  /** Growth is a sign of life while a model loads; afterwards it keeps the RAM's book true. */
  #watchGrowth(engine: Engine): void {
    engine.readResident().then((resident) => {
      if (resident === null || this.#isClosing) return;
      const { residentBytes } = resident;
      const grownBytes = residentBytes - (this.#facts.residentBytes ?? 0);
      this.#facts = { ...this.#facts, residentBytes };
      this.#ramBooking?.setResident(resident);
      if (!this.#isReady && grownBytes > GROWTH_BYTES) this.#tell({ kind: 'sign', progress: null });
    }).catch((error: unknown) => { this.#deps.log.warn('engine.resident_failed', { id: this.#plan.id, error }); });
  }

  /** Not for what runs elsewhere: it can be slow to answer, and nothing is won by giving it up. */
  #createSilenceWatch(engine: Engine): SilenceWatch {
    return new SilenceWatch({
      clock: this.#deps.clock, readHealth: () => this.#readHealth(engine), slots: this.#plan.slots,
      onDidHang: () => { this.#takeExit(engine, { code: null, signal: null, tail: ['it stopped answering'], failure: null }); },
    });
  }

  #watchSilence(): void {
    this.#silence?.look().catch((error: unknown) => { this.#deps.log.error('engine.health_failed', { id: this.#plan.id, error }); });
  }

  /** What the driver says is free where it stands; null when it says nothing in time. */
  async #readFree(withinMs: number): Promise<number | null> {
    const { clock, gpus, log } = this.#deps;
    const gpuIds = this.#plan.placement.shares.map(({ gpuId }) => gpuId);
    if (gpuIds.length === 0) return null;
    const late = Promise.withResolvers<null>();
    const cancel = clock.after(withinMs, () => { late.resolve(null); });
    try {
      return await Promise.race([gpus.readFreeBytes(gpuIds), late.promise]);
    } catch (error) {
      log.warn('engine.reading_failed', { id: this.#plan.id, error });
      return null;
    } finally {
      cancel();
    }
  }

  /** Waits until its processes are gone and its memory is back, then lets others have it. */
  #leave(engine: Engine, freeBefore: Promise<number | null>): void {
    this.#stack.dispose();
    this.#cancelPoll?.();
    const leave = async (): Promise<void> => {
      const freeBytes = await freeBefore ?? this.#freeAtReadyBytes;
      await engine.stop();
      if (freeBytes !== null) await this.#waitForMemory(freeBytes);
    };
    leave().catch((error: unknown) => { this.#deps.log.error('engine.stop_failed', { id: this.#plan.id, error }); }).finally(() => { this.#finish(); });
  }

  async #waitForMemory(freeBeforeBytes: number): Promise<void> {
    const { clock, log } = this.#deps;
    const heldBytes = this.#facts.measuredGpuBytes ?? 0;
    const wantedBytes = freeBeforeBytes + heldBytes * BACK_SHARE;
    const deadlineMs = clock.monotonicMs() + TIMING.memoryBackMs;
    const readFree = (): Promise<number | null> => this.#readFree(deadlineMs - clock.monotonicMs());
    for (let freeBytes = await readFree(); freeBytes !== null && freeBytes < wantedBytes; freeBytes = await readFree()) {
      if (clock.monotonicMs() >= deadlineMs) { log.warn('engine.memory_not_back', { id: this.#plan.id, heldBytes, missingBytes: wantedBytes - freeBytes }); return; }
      await clock.sleep(TIMING.memoryBackPollMs);
    }
  }

  #finish(): void {
    this.#release();
    this.#tell({ kind: 'gone' });
  }

  #release(): void {
    this.#isOver = true;
    this.#stack.dispose();
    this.#gpuBooking?.[Symbol.dispose]();
    this.#ramBooking?.[Symbol.dispose]();
  }
}
