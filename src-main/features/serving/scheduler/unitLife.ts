import { createId } from '../../../base/ids.ts';
import { invariant } from '../../../base/invariant.ts';
import type { EngineEndpoint, EngineExit } from '../engines/enginePort.ts';
import { EngineSession, type SessionEvent, type SessionFacts } from './engineSession.ts';
import { countCrash, decideRecovery, toBackoffMs, toDetail, toLoadFailure } from './failurePolicy.ts';
import { HeldSlots } from './heldSlots.ts';
import { NO_MEMORY, type MemoryPlan } from './memoryPlan.ts';
import type { SchedulerDeps } from './schedulerDeps.ts';
import type { SlotLoss, SlotRefusal } from './schedulerPort.ts';
import { isResident, isServing, type Phase, type Placement, type Unit, type UnloadCause } from './schedulerState.ts';
import { TIMING } from './timing.ts';
import type { UnitRegister } from './unitRegister.ts';

/** The serial that nobody has. */
const NOBODY = -1;

type Failed = Omit<Extract<Phase, { kind: 'failed' }>, 'kind' | 'sinceMs' | 'retryAtMs'>;

/** What runs for one unit now. */
interface Running {
  readonly session: EngineSession;
  readonly startedAtMs: number;
  readonly slots: HeldSlots;
  /** What it is when it is gone: failed for this reason, or just unloaded. */
  afterwards: Failed | null;
}

interface LifeDeps extends Pick<SchedulerDeps, 'clock' | 'log' | 'memory' | 'planLaunch'> {
  readonly register: UnitRegister;
  readonly refuseAll: (unit: Unit, refusal: SlotRefusal) => void;
  /** Something happened by itself: decide anew. */
  readonly onDidHappen: () => void;
}

/** Takes one unit through its life: does what was decided, and turns what engines do into phases. */
export class UnitLife {
  readonly #deps: LifeDeps;
  readonly #running = new Map<string, Running>();

  constructor(deps: LifeDeps) {
    this.#deps = deps;
  }

  endpointOf({ key }: Unit): EngineEndpoint | null {
    return this.#running.get(key)?.session.endpoint ?? null;
  }

  factsOf({ key }: Unit): SessionFacts | null {
    return this.#running.get(key)?.session.facts ?? null;
  }

  queue(unit: Unit): void {
    this.#set(unit, { kind: 'queued', sinceMs: this.#nowMs() });
  }

  forget(unit: Unit): void {
    this.#set(unit, { kind: 'unloaded', sinceMs: this.#nowMs() }, { cause: 'nobody_waits' });
    this.#startAnew(unit);
  }

  /** Asks what memory the load needs. */
  plan(unit: Unit): void {
    if (unit.version === null) { unit.plan = { kind: 'known', plan: NO_MEMORY }; return; }
    unit.plan = { kind: 'asked' };
    const { contextLimit, config, version } = unit;
    this.#deps.memory.planner.plan({ version, settings: config, contextLimit }).then((plan) => { if (unit.contextLimit === contextLimit) this.#takePlan(unit, plan); }, (error: unknown) => {
      unit.plan = { kind: 'none' };
      this.#failLoad(unit, { failure: 'unreadable', detail: error instanceof Error ? error.message : 'the weights cannot be read', exitCode: null });
    }).finally(() => { this.#deps.onDidHappen(); });
  }

  shrink(unit: Unit, contextTokens: number): void {
    unit.contextLimit = contextTokens;
    unit.plan = { kind: 'none' };
  }

  /** Reserves and starts, in one step. */
  load(unit: Unit, placement: Placement): void {
    const { planLaunch, clock } = this.#deps;
    const launch = planLaunch(unit.config, unit.version, placement);
    if (launch.kind === 'missing') { this.#failLoad(unit, { failure: launch.failure, detail: launch.detail, exitCode: null }); return; }
    const nowMs = this.#nowMs();
    // How long the last request wanted the load before to stay says nothing of this one.
    unit.keepSeconds = null;
    const id = createId('load', clock.nowMs());
    unit.loadId = id;
    const slots = new HeldSlots(clock);
    const session = new EngineSession({ ...this.#deps, ...this.#deps.memory }, { id, name: unit.config.name, placement, starter: launch.starter, launch: launch.launch, slots }, (event) => { this.#take(unit, session, event); });
    this.#running.set(unit.key, { session, startedAtMs: nowMs, slots, afterwards: null });
    this.#set(unit, { kind: 'loading', sinceMs: nowMs, placement, isBooked: false, signAtMs: nowMs, progress: null });
    session.open();
  }

  startDrain(unit: Unit, { cause, lastSerial }: { cause: UnloadCause; lastSerial: number }): void {
    const { phase } = unit;
    if (phase.kind !== 'ready' && phase.kind !== 'busy') return;
    this.#set(unit, { ...phase, kind: 'draining', sinceMs: this.#nowMs(), cause, lastSerial }, { cause });
  }

  /** Lets it go after everybody up to `lastSerial`, those who still wait for its load or for its next one among them; resolves when it is gone. */
  leave(unit: Unit, lastSerial: number): Promise<void> {
    unit.leaveAfterSerial = lastSerial;
    if (unit.phase.kind === 'draining') this.#set(unit, { ...unit.phase, cause: 'asked' });
    this.startDrain(unit, { cause: 'asked', lastSerial });
    return this.#deps.register.whenGone(unit, lastSerial);
  }

  revive(unit: Unit): void {
    const { phase } = unit;
    if (phase.kind === 'draining') this.#set(unit, { kind: unit.active.size > 0 ? 'busy' : 'ready', sinceMs: this.#nowMs(), placement: phase.placement, residentSinceMs: phase.residentSinceMs }, { cause: 'revived' });
  }

  unload(unit: Unit, cause: UnloadCause): void {
    this.#close(unit, cause);
  }

  /** Ends a unit at once, whatever it does; resolves when it is gone. */
  force(unit: Unit, cause: UnloadCause): Promise<void> {
    if (unit.phase.kind === 'queued') this.forget(unit);
    if (!isResident(unit.phase)) return Promise.resolve();
    this.#loseSlots(unit, cause === 'forced' ? 'forced' : 'cancelled');
    this.#close(unit, cause);
    return this.#deps.register.whenGone(unit, NOBODY);
  }

  stall(unit: Unit): void {
    this.#failLoad(unit, { failure: 'stalled', detail: 'it showed no sign of life for too long', exitCode: null });
  }

  /** There is not enough memory, and waiting would not help. */
  giveUp(unit: Unit): void {
    this.#set(unit, { kind: 'failed', sinceMs: this.#nowMs(), failure: 'insufficient_vram', detail: 'there is not enough memory', exitCode: null, retryAtMs: this.#nowMs() }, { cause: 'insufficient_vram' });
    unit.plan = { kind: 'none' };
    unit.contextLimit = unit.provenLimit;
  }

  occupy(unit: Unit, requestId: string, request: Parameters<HeldSlots['take']>[1]): void {
    const running = this.#running.get(unit.key);
    invariant(running !== undefined && isServing(unit.phase), 'slots are given on what serves');
    running.slots.take(requestId, request);
    unit.active.add(requestId);
    if (unit.phase.kind === 'ready') this.#set(unit, { ...unit.phase, kind: 'busy', sinceMs: this.#nowMs() });
  }

  /** Gives a slot back. Idle time counts from here. */
  free(unit: Unit, requestId: string, keepSeconds: number | null): void {
    if (!unit.active.delete(requestId)) return;
    this.#running.get(unit.key)?.slots.free(requestId);
    unit.lastUsedAtMs = this.#nowMs();
    unit.keepSeconds = keepSeconds;
    if (unit.phase.kind === 'busy' && unit.active.size === 0) this.#set(unit, { ...unit.phase, kind: 'ready', sinceMs: this.#nowMs() });
    this.#deps.onDidHappen();
  }

  #nowMs(): number {
    return this.#deps.clock.monotonicMs();
  }

  #set(unit: Unit, phase: Phase, why: { cause?: string | null; detail?: string | null } = {}): void {
    this.#deps.register.setPhase(unit, phase, why);
  }

  #takePlan(unit: Unit, plan: MemoryPlan): void {
    if (unit.plan.kind === 'asked') unit.plan = { kind: 'known', plan };
  }

  /** What was not enough memory for this load may be enough for the next. */
  #startAnew(unit: Unit): void {
    unit.recovery = 'none';
    if (unit.contextLimit !== unit.provenLimit) unit.plan = { kind: 'none' };
    unit.contextLimit = unit.provenLimit;
  }

  #take(unit: Unit, session: EngineSession, event: SessionEvent): void {
    const running = this.#running.get(unit.key);
    if (running?.session !== session) return;
    if (event.kind === 'line') { this.#deps.register.addLine(unit, event.line); return; }
    const beforePercent = toPercent(unit);
    this.#takeChange(unit, running, event);
    if (event.kind !== 'sign' || toPercent(unit) !== beforePercent) this.#deps.onDidHappen();
  }

  #takeChange(unit: Unit, running: Running, event: Exclude<SessionEvent, { kind: 'line' }>): void {
    const { phase } = unit;
    switch (event.kind) {
      case 'booked': case 'sign': if (phase.kind === 'loading') this.#set(unit, toSigned(phase, event, this.#nowMs())); return;
      case 'refused': this.#takeRefusal(unit, event.refusal); return;
      case 'ready': this.#takeReady(unit, running); return;
      case 'measured': this.#record(unit, running); return;
      case 'exited': this.#takeExit(unit, event.exit); return;
      case 'gone': this.#takeGone(unit, running); return;
    }
  }

  /** The ledger knew better: back into the queue, and looked at again a little later. */
  #takeRefusal(unit: Unit, refusal: Unit['refusal']): void {
    this.#running.delete(unit.key);
    unit.refusal = refusal;
    unit.notBeforeMs = this.#nowMs() + TIMING.replaceMs;
    this.#set(unit, { kind: 'queued', sinceMs: this.#nowMs() }, { cause: refusal?.reason ?? 'not_enough_ram' });
  }

  #takeReady(unit: Unit, { startedAtMs }: Running): void {
    if (unit.phase.kind !== 'loading') return;
    const nowMs = this.#nowMs();
    const { leaveAfterSerial } = unit;
    unit.loadMs = nowMs - startedAtMs;
    unit.loadCount += 1;
    unit.failureCount = 0;
    unit.recovery = 'none';
    unit.refusal = null;
    this.#set(unit, { kind: 'ready', sinceMs: nowMs, placement: unit.phase.placement, residentSinceMs: nowMs });
    if (leaveAfterSerial !== null) this.startDrain(unit, { cause: 'asked', lastSerial: leaveAfterSerial });
  }

  #record(unit: Unit, { session }: Running): void {
    const { version, config, contextLimit, phase } = unit;
    if (version === null || !isResident(phase)) return;
    const { placement } = phase;
    const { measuredGpuBytes, residentBytes, gpuLayers, reportedGpu, reportedRam } = session.facts;
    this.#deps.memory.planner.recordMeasurement({
      version, settings: config, contextLimit, engine: config.engine, contextTokens: placement.contextTokens, gpuLayers: gpuLayers ?? placement.gpuLayers,
      estimatedGpuBytes: placement.shares.reduce((sum, { bytes }) => sum + bytes, 0), estimatedRamBytes: placement.ramBytes, measuredGpuBytes, measuredRamBytes: residentBytes,
      deviceCount: placement.shares.length, reportedGpu, reportedRam,
    });
    this.#planAgain(unit);
  }

  /** What was learnt holds for the next load, and costs it no time. */
  #planAgain(unit: Unit): void {
    const { version, config, contextLimit } = unit;
    if (version === null) return;
    this.#deps.memory.planner.plan({ version, settings: config, contextLimit }).then((plan) => {
      if (unit.plan.kind === 'known' && unit.contextLimit === contextLimit) unit.plan = { kind: 'known', plan };
    }, (error: unknown) => { this.#deps.log.warn('engine.plan_failed', { key: unit.key, error }); });
  }

  #takeExit(unit: Unit, exit: EngineExit): void {
    if (unit.phase.kind === 'loading') this.#takeFailedLoad(unit, unit.phase.placement, exit);
    else if (isServing(unit.phase)) this.#takeCrash(unit, exit);
  }

  /** Rule 12. */
  #takeFailedLoad(unit: Unit, { contextTokens }: Placement, exit: EngineExit): void {
    const failed: Failed = { failure: toLoadFailure(exit), detail: toDetail(exit), exitCode: exit.code };
    if (failed.failure !== 'out_of_memory') { this.#failLoad(unit, failed); return; }
    const step = decideRecovery({ recovery: unit.recovery, contextTokens, isAutomatic: unit.config.contextTokens === null, contextLimit: unit.contextLimit });
    if (step.kind === 'give_up') { this.#failLoad(unit, failed); return; }
    unit.recovery = step.recovery;
    if (step.contextLimit !== unit.contextLimit) { unit.provenLimit = step.contextLimit; this.shrink(unit, step.contextLimit ?? 0); }
    this.#close(unit, 'load_failed');
  }

  /** Rule 15. */
  #takeCrash(unit: Unit, exit: EngineExit): void {
    const { crashesAtMs, isTooMany } = countCrash(unit.crashesAtMs, this.#nowMs());
    unit.crashesAtMs = crashesAtMs;
    unit.crashCount += 1;
    const detail = toDetail(exit);
    this.#loseSlots(unit, 'crashed');
    if (isTooMany) {
      unit.failureCount = crashesAtMs.length;
      this.#noteAfterwards(unit, { failure: 'crashed', detail, exitCode: exit.code });
      this.#deps.refuseAll(unit, { kind: 'engine_crashed', detail });
    }
    this.#close(unit, 'crashed', { detail });
  }

  /** A load is over: everybody who waits hears of it, and the next try waits. */
  #failLoad(unit: Unit, failed: Failed): void {
    unit.failureCount += 1;
    unit.recovery = 'none';
    unit.contextLimit = null;
    unit.provenLimit = null;
    unit.plan = { kind: 'none' };
    this.#deps.refuseAll(unit, { kind: 'load_failed', failure: failed.failure, detail: failed.detail, retryAfterMs: toBackoffMs(unit.failureCount) });
    if (this.#running.has(unit.key)) { this.#noteAfterwards(unit, failed); this.#close(unit, 'load_failed', { detail: failed.detail }); return; }
    this.#fail(unit, failed);
  }

  #fail(unit: Unit, failed: Failed): void {
    const nowMs = this.#nowMs();
    this.#set(unit, { kind: 'failed', sinceMs: nowMs, ...failed, retryAtMs: nowMs + toBackoffMs(unit.failureCount) }, { cause: failed.failure, detail: failed.detail });
  }

  #noteAfterwards(unit: Unit, failed: Failed): void {
    const running = this.#running.get(unit.key);
    if (running !== undefined) running.afterwards = failed;
  }

  #loseSlots(unit: Unit, cause: SlotLoss): void {
    unit.active.clear();
    this.#running.get(unit.key)?.slots.loseAll(cause);
  }

  #close(unit: Unit, cause: UnloadCause, { detail = null }: { detail?: string | null } = {}): void {
    const { phase } = unit;
    if (!isResident(phase) || phase.kind === 'unloading') return;
    this.#set(unit, { kind: 'unloading', sinceMs: this.#nowMs(), placement: phase.placement, cause }, { cause, detail });
    this.#running.get(unit.key)?.session.close();
  }

  #takeGone(unit: Unit, { afterwards }: Running): void {
    this.#running.delete(unit.key);
    if (afterwards !== null) { this.#fail(unit, afterwards); return; }
    this.#set(unit, { kind: 'unloaded', sinceMs: this.#nowMs() }, { cause: unit.phase.kind === 'unloading' ? unit.phase.cause : null });
    if (unit.recovery === 'none' || unit.waiters.length === 0) this.#startAnew(unit);
  }
}

/** How far a load is, as it is shown. */
function toPercent({ phase }: Unit): number | null {
  return phase.kind === 'loading' && phase.progress !== null ? Math.round(phase.progress * 100) : null;
}

/** A load that showed life. */
function toSigned(phase: Extract<Phase, { kind: 'loading' }>, event: Extract<SessionEvent, { kind: 'booked' | 'sign' }>, nowMs: number): Phase {
  return event.kind === 'booked' ? { ...phase, isBooked: true, signAtMs: nowMs } : { ...phase, signAtMs: nowMs, progress: event.progress ?? phase.progress };
}
