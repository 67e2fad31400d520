import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { ModelVersion } from '#contract/models.ts';
import type { EngineState } from '#contract/serving.ts';
import type { Clock } from '../../../base/clock.ts';
import { Emitter } from '../../../base/emitter.ts';
import type { Logger } from '../../../base/logger.ts';
import { EngineLog } from './engineLog.ts';
import { toLoadKey } from './loadKey.ts';
import { createUnit, type Phase, type SchedulerState, type Unit } from './schedulerState.ts';

/** A step of one model's life, after it was taken. */
export interface Transition {
  readonly atMs: number;
  readonly key: string;
  readonly configId: string;
  readonly name: string;
  readonly from: EngineState;
  readonly to: EngineState;
  /** Why: what unloads it, or how it failed. */
  readonly cause: string | null;
  readonly detail: string | null;
  readonly exitCode: number | null;
}

export interface EngineLine { readonly configId: string; readonly line: string }

/** Somebody who waits until a load is over. */
interface Departure { readonly unit: Unit; readonly lastSerial: number; readonly tell: () => void }

/** Every model that was asked for, and the one place where its phase changes. */
export class UnitRegister implements SchedulerState {
  readonly #deps: { readonly clock: Clock; readonly log: Logger };
  readonly #units = new Map<string, Unit>();
  readonly #current = new Map<string, Unit>();
  readonly #logs = new Map<string, EngineLog>();
  readonly #departures = new Set<Departure>();
  readonly #didTransition = new Emitter<Transition>();
  readonly #didLog = new Emitter<EngineLine>();

  /** Fires after each change of phase. */
  readonly onDidTransition = this.#didTransition.event;
  /** Fires for each line of an engine. */
  readonly onDidLog = this.#didLog.event;

  constructor(deps: { readonly clock: Clock; readonly log: Logger }) {
    this.#deps = deps;
  }

  get units(): ReadonlyMap<string, Unit> {
    return this.#units;
  }

  /** The newest load of a configuration; null before its first. */
  currentOf(configId: string): Unit | null {
    return this.#current.get(configId) ?? null;
  }

  /** The last lines of a configuration's engines. */
  linesOf(configId: string): readonly string[] {
    return this.#logs.get(configId)?.lines ?? [];
  }

  addLine({ config: { id } }: Unit, line: string): void {
    const log = this.#logs.get(id) ?? new EngineLog();
    this.#logs.set(id, log);
    log.add(line);
    this.#didLog.fire({ configId: id, line });
  }

  /** The unit of a configuration as it is now. The one before is superseded, and those of its waiters who have no engine come over. */
  ensure(config: ModelConfig, version: ModelVersion | null): Unit {
    const key = toLoadKey(config);
    const before = this.#current.get(config.id);
    const unit = this.#units.get(key) ?? createUnit(key, { config, version, nowMs: this.#deps.clock.monotonicMs() });
    unit.config = config;
    unit.isSuperseded = false;
    this.#units.set(key, unit);
    this.#current.set(config.id, unit);
    if (before !== undefined && before !== unit) this.#supersede(before, unit);
    return unit;
  }

  /** Forgets a load that is over and that no configuration means any more. */
  drop(unit: Unit): void {
    this.#units.delete(unit.key);
    if (this.#current.get(unit.config.id) === unit) { this.#current.delete(unit.config.id); this.#logs.delete(unit.config.id); }
  }

  removeWaiters(unit: Unit, requestIds: readonly string[]): void {
    const gone = new Set(requestIds);
    unit.waiters = unit.waiters.filter(({ requestId }) => !gone.has(requestId));
    this.#tellDepartures();
  }

  /** Resolves when it is gone and nobody up to `lastSerial` waits for its next load. */
  whenGone(unit: Unit, lastSerial: number): Promise<void> {
    if (isGone(unit, lastSerial)) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#departures.add({ unit, lastSerial, tell: () => { resolve(undefined); } });
    return promise;
  }

  setPhase(unit: Unit, phase: Phase, { cause = null, detail = null }: { cause?: string | null; detail?: string | null } = {}): void {
    const from = unit.phase.kind;
    unit.phase = phase;
    if (from === phase.kind) return;
    forgetWaits(unit);
    this.#tellDepartures();
    const exitCode = phase.kind === 'failed' ? phase.exitCode : null;
    const transition: Transition = { atMs: this.#deps.clock.nowMs(), key: unit.key, configId: unit.config.id, name: unit.config.name, from, to: phase.kind, cause, detail, exitCode };
    this.#deps.log[isRoutine(from, phase.kind) ? 'debug' : 'info']('engine.transition', { ...transition });
    this.#didTransition.fire(transition);
  }

  #tellDepartures(): void {
    for (const departure of this.#departures) {
      if (!isGone(departure.unit, departure.lastSerial)) continue;
      this.#departures.delete(departure);
      departure.tell();
    }
  }

  #supersede(before: Unit, unit: Unit): void {
    before.isSuperseded = true;
    const { kind } = before.phase;
    if (kind !== 'unloaded' && kind !== 'queued' && kind !== 'failed') return;
    unit.waiters = [...unit.waiters, ...before.waiters];
    before.waiters = [];
    this.setPhase(before, { kind: 'unloaded', sinceMs: this.#deps.clock.monotonicMs() }, { cause: 'superseded' });
  }
}

function isGone({ phase, waiters }: Unit, lastSerial: number): boolean {
  return (phase.kind === 'unloaded' || phase.kind === 'failed') && !waiters.some(({ serial }) => serial <= lastSerial);
}

/** What holds no longer in a new phase. An unload is not over while somebody waits who came before it. */
function forgetWaits(unit: Unit): void {
  const { phase, waiters, leaveAfterSerial } = unit;
  if (phase.kind !== 'queued' && phase.kind !== 'loading') unit.blockedSinceMs = null;
  if (leaveAfterSerial !== null && !waiters.some(({ serial }) => serial <= leaveAfterSerial)) unit.leaveAfterSerial = null;
}

/** A request begins or ends: too often to be news. */
function isRoutine(from: Phase['kind'], to: Phase['kind']): boolean {
  return (from === 'ready' && to === 'busy') || (from === 'busy' && to === 'ready');
}
