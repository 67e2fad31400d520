import { isDeepStrictEqual } from 'node:util';
import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { WaitReason } from '#contract/serving.ts';
import { DisposableStack } from '../../../base/disposables.ts';
import { Emitter } from '../../../base/emitter.ts';
import { invariant } from '../../../base/invariant.ts';
import type { EngineEndpoint } from '../engines/enginePort.ts';
import { decide, type Action } from './decide.ts';
import { findFullScope } from './queuePolicy.ts';
import type { SchedulerDeps } from './schedulerDeps.ts';
import type { SlotLease, SlotRefusal, SlotRequest, SlotResult, Slots } from './schedulerPort.ts';
import { isServing, type SchedulerFacts, type Unit } from './schedulerState.ts';
import { TIMING } from './timing.ts';
import { UnitLife } from './unitLife.ts';
import { UnitRegister } from './unitRegister.ts';

export type LoadResult = { readonly kind: 'loaded' } | { readonly kind: 'refused'; readonly refusal: SlotRefusal };

/** Somebody who has not been answered. */
interface Pending {
  readonly unit: () => Unit | null;
  /** Null when only the load is wanted. */
  readonly request: Pick<SlotRequest, 'signal' | 'onWait' | 'getHeardAtMs' | 'onLost'> | null;
  readonly grant: (unit: Unit) => void;
  readonly refuse: (refusal: SlotRefusal) => void;
  lastReason: string;
}

const MOST_STEPS = 100_000;
const QUEUE_RETRY_MS = 2_000;

/** The one actor that owns queue, placements and engines: whatever happens, it decides anew and acts, in one step without waiting. Only a free slot for which nobody stands in line is given at once. */
export class Scheduler implements Slots {
  readonly #deps: SchedulerDeps;
  readonly #register: UnitRegister;
  readonly #life: UnitLife;
  readonly #pending = new Map<string, Pending>();
  readonly #didChange = new Emitter<undefined>();
  readonly #stack = new DisposableStack();
  /** What was told last to whom of each model. */
  readonly #told = new Map<string, { readonly newest: number; readonly reason: WaitReason }>();
  #cancelWake: (() => void) | null = null;
  #startedAtMs = 0;
  #serial = 0;
  #isRunning = false;
  #isDirty = false;
  #isStopped = false;

  /** Fires after anything changed that a snapshot shows. */
  readonly onDidChange = this.#didChange.event;
  readonly onDidTransition: UnitRegister['onDidTransition'];
  readonly onDidLog: UnitRegister['onDidLog'];

  constructor(deps: SchedulerDeps) {
    this.#deps = deps;
    this.#register = new UnitRegister(deps);
    this.#life = new UnitLife({
      ...deps, register: this.#register,
      refuseAll: (unit, refusal) => { this.#refuse(unit, unit.waiters.map(({ requestId }) => requestId), refusal); },
      onDidHappen: () => { this.#run(); },
    });
    this.onDidTransition = this.#register.onDidTransition;
    this.onDidLog = this.#register.onDidLog;
  }

  get units(): ReadonlyMap<string, Unit> {
    return this.#register.units;
  }

  start(): void {
    const { clock, memory } = this.#deps;
    this.#startedAtMs = clock.monotonicMs();
    this.#stack.add(memory.gpus.onDidChange(() => { if (this.#pending.size > 0) this.#run(); }));
    this.#stack.defer(clock.every(TIMING.watchdogMs, () => { this.#run(); }));
  }

  /** Refuses whoever waits, aborts whoever runs, and ends every engine. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stack.dispose();
    this.#cancelWake?.();
    for (const unit of this.units.values()) this.#refuse(unit, unit.waiters.map(({ requestId }) => requestId), { kind: 'shutting_down' });
    await Promise.all([...this.units.values()].map((unit) => this.#life.force(unit, 'stopping')));
  }

  request(request: SlotRequest): Promise<SlotResult> {
    const { config, keyId, priority, signal, requestId } = request;
    const { promise, resolve } = Promise.withResolvers<SlotResult>();
    const refuse = (refusal: SlotRefusal): void => { resolve({ kind: 'refused', refusal }); };
    if (this.#isStopped || signal.aborted) { refuse({ kind: this.#isStopped ? 'shutting_down' : 'cancelled' }); return promise; }
    const unit = this.#ensure(config);
    const isFree = hasFreeSlot(unit);
    // With nobody waiting anywhere there is nothing to decide, unless it is being decided.
    if (isFree && this.#pending.size === 0 && !this.#isRunning) return Promise.resolve(this.#giveFree(unit, request));
    const scope = isFree ? null : findFullScope({ units: this.units.values(), unit, keyId }, this.#deps.getLimits());
    if (scope !== null) { refuse({ kind: 'queue_full', retryAfterMs: QUEUE_RETRY_MS, scope }); return promise; }
    const cancel = (): void => { this.#cancel(requestId); };
    signal.addEventListener('abort', cancel, { once: true });
    const done = (): void => { signal.removeEventListener('abort', cancel); };
    this.#admit(config, { requestId, keyId, priority: priority + config.priority, wants: 'slot' }, {
      request, refuse: (refusal) => { done(); refuse(refusal); }, grant: (served) => { done(); resolve(this.#handSlot(served, requestId)); },
    });
    return promise;
  }

  /** Loads a model and waits until it is ready; one that just failed is tried again at once. */
  load(config: ModelConfig): Promise<LoadResult> {
    const { promise, resolve } = Promise.withResolvers<LoadResult>();
    if (this.#isStopped) return Promise.resolve({ kind: 'refused', refusal: { kind: 'shutting_down' } });
    const unit = this.#ensure(config);
    if (unit.phase.kind === 'failed') unit.phase = { ...unit.phase, retryAtMs: 0 };
    this.#admit(config, { requestId: `load ${this.#serial}`, keyId: null, priority: config.priority, wants: 'load' }, {
      request: null, refuse: (refusal) => { resolve({ kind: 'refused', refusal }); }, grant: () => { resolve({ kind: 'loaded' }); },
    });
    return promise;
  }

  /** Whoever failed for want of an engine need not wait any longer. */
  retryMissing(): void {
    for (const unit of this.units.values()) if (unit.phase.kind === 'failed' && unit.phase.failure === 'missing_engine') unit.phase = { ...unit.phase, retryAtMs: 0 };
    this.#run();
  }

  /** Unloads every load of a configuration, after those who run or wait on it or, forced, at once; resolves when it is gone. */
  async unload(configId: string, { isForced }: { isForced: boolean }): Promise<void> {
    const units = [...this.units.values()].filter(({ config }) => config.id === configId);
    const gone = units.map((unit) => (isForced ? this.#endNow(unit) : this.#endSoon(unit)));
    this.#run();
    await Promise.all(gone);
  }

  /** Lets go of a configuration that is no more: what runs on it comes to its end. */
  retire(configId: string): void {
    for (const unit of this.units.values()) if (unit.config.id === configId) unit.isSuperseded = true;
    this.#run();
  }

  /** Takes over what changed about a configuration. What runs with other settings comes to its end. */
  refresh(config: ModelConfig): void {
    if (this.#register.currentOf(config.id) === null) return;
    this.#ensure(config);
    this.#run();
  }

  unitOf(configId: string): Unit | null {
    return this.#register.currentOf(configId);
  }

  /** The last lines of its engines. */
  linesOf(configId: string): readonly string[] {
    return this.#register.linesOf(configId);
  }

  /** Where a loaded model answers; null when it is not loaded. */
  endpointOf(configId: string): { endpoint: EngineEndpoint; upstreamModel: string } | null {
    const unit = this.unitOf(configId);
    const endpoint = unit !== null && isServing(unit.phase) ? this.#life.endpointOf(unit) : null;
    return unit === null || endpoint === null ? null : { endpoint, upstreamModel: toUpstreamModel(unit) };
  }

  factsOf(unit: Unit): ReturnType<UnitLife['factsOf']> {
    return this.#life.factsOf(unit);
  }

  #ensure(config: ModelConfig): Unit {
    return this.#register.ensure(config, this.#deps.findVersion(config));
  }

  /** Requests are still served; whoever only wanted it loaded has been overruled. */
  #endSoon(unit: Unit): Promise<void> {
    this.#refuse(unit, unit.waiters.flatMap(({ requestId, wants }) => (wants === 'load' ? [requestId] : [])), { kind: 'model_unloaded' });
    return this.#life.leave(unit, this.#serial - 1);
  }

  #endNow(unit: Unit): Promise<void> {
    this.#refuse(unit, unit.waiters.map(({ requestId }) => requestId), { kind: 'model_unloaded' });
    return this.#life.force(unit, 'forced');
  }

  #admit(config: ModelConfig, asked: Pick<Unit['waiters'][number], 'requestId' | 'keyId' | 'priority' | 'wants'>, pending: Omit<Pending, 'lastReason' | 'unit'>): void {
    const unit = this.#ensure(config);
    invariant(!this.#pending.has(asked.requestId), 'a request asks once');
    unit.waiters = [...unit.waiters, { ...asked, serial: this.#serial++, sinceMs: this.#deps.clock.monotonicMs() }];
    this.#pending.set(asked.requestId, { ...pending, lastReason: '', unit: () => this.#findWaiting(asked.requestId) });
    this.#run();
  }

  /** Without a step: what a step does for a request costs more than all else about it. */
  #giveFree(unit: Unit, request: SlotRequest): SlotResult {
    this.#life.occupy(unit, request.requestId, request);
    this.#didChange.fire(undefined);
    return this.#handSlot(unit, request.requestId);
  }

  #findWaiting(requestId: string): Unit | null {
    return this.units.values().find(({ waiters }) => waiters.some((one) => one.requestId === requestId)) ?? null;
  }

  #cancel(requestId: string): void {
    const unit = this.#pending.get(requestId)?.unit() ?? null;
    if (unit === null) return;
    this.#refuse(unit, [requestId], { kind: 'cancelled' });
    this.#run();
  }

  #refuse(unit: Unit, requestIds: readonly string[], refusal: SlotRefusal): void {
    this.#register.removeWaiters(unit, requestIds);
    for (const requestId of requestIds) {
      const pending = this.#pending.get(requestId);
      this.#pending.delete(requestId);
      pending?.refuse(refusal);
    }
  }

  /** Decides and acts until nothing more is to be done. What an action causes at once is looked at in the same run. */
  #run(): void {
    this.#isDirty = true;
    if (this.#isRunning || this.#isStopped) return;
    this.#isRunning = true;
    try {
      for (let steps = 0; this.#isDirty; steps += 1) {
        invariant(steps < MOST_STEPS, 'the scheduler comes to rest');
        this.#isDirty = false;
        this.#step();
      }
    } finally {
      this.#isRunning = false;
    }
    this.#didChange.fire(undefined);
  }

  #step(): void {
    const { clock } = this.#deps;
    const nowMs = clock.monotonicMs();
    const { actions, waits, blocked, wakeAtMs } = decide(this.#register, this.#readFacts(), nowMs);
    for (const [key, isBlocked] of blocked) this.#noteBlocked(key, isBlocked ? nowMs : null);
    for (const action of actions) this.#apply(action);
    if (actions.length > 0) { this.#isDirty = true; return; }
    this.#cancelWake?.();
    this.#cancelWake = wakeAtMs === null ? null : clock.after(wakeAtMs - nowMs, () => { this.#run(); });
    this.#tellWaits(waits);
  }

  #noteBlocked(key: string, atMs: number | null): void {
    const unit = this.units.get(key);
    if (unit !== undefined) unit.blockedSinceMs = atMs === null ? null : unit.blockedSinceMs ?? atMs;
  }

  #readFacts(): SchedulerFacts {
    const { memory: { gpus, ram }, getLimits } = this.#deps;
    return { devices: gpus.devices, devicesKnownByMs: gpus.isKnown ? null : this.#startedAtMs + TIMING.firstReadingMs, get ram() { return ram.read(); }, ttlSeconds: getLimits().ttlSeconds };
  }

  #apply(action: Action): void {
    const unit = this.units.get(action.key);
    if (unit === undefined) return;
    if (action.kind === 'grant') this.#grant(unit, action.requestId);
    else if (action.kind === 'drop') this.#drop(unit);
    else if (action.kind !== 'refuse') this.#take(unit, action);
    else {
      this.#refuse(unit, action.requestIds, action.refusal);
      if (action.isFinal) this.#life.giveUp(unit);
    }
  }

  #drop(unit: Unit): void {
    this.#register.drop(unit);
    this.#told.delete(unit.key);
  }

  /** A step in the life of one model. */
  #take(unit: Unit, action: Exclude<Action, { kind: 'grant' | 'refuse' | 'drop' }>): void {
    switch (action.kind) {
      case 'queue': this.#life.queue(unit); return;
      case 'forget': this.#life.forget(unit); return;
      case 'plan': this.#life.plan(unit); return;
      case 'shrink': this.#life.shrink(unit, action.contextTokens); return;
      case 'load': this.#life.load(unit, action.placement); return;
      case 'drain': this.#life.startDrain(unit, { cause: action.cause, lastSerial: this.#serial - 1 }); return;
      case 'revive': this.#life.revive(unit); return;
      case 'unload': this.#life.unload(unit, action.cause); return;
      case 'stall': this.#life.stall(unit); return;
    }
  }

  #grant(unit: Unit, requestId: string): void {
    const waiter = unit.waiters.find((one) => one.requestId === requestId);
    const pending = this.#pending.get(requestId);
    invariant(waiter !== undefined && pending !== undefined, 'only who waits is granted');
    this.#register.removeWaiters(unit, [requestId]);
    this.#pending.delete(requestId);
    if (pending.request !== null) this.#life.occupy(unit, requestId, pending.request);
    pending.grant(unit);
  }

  #handSlot(unit: Unit, requestId: string): SlotResult {
    const endpoint = this.#life.endpointOf(unit);
    if (endpoint === null) { this.#life.free(unit, requestId, null); return { kind: 'refused', refusal: { kind: 'engine_crashed', detail: 'it does not listen any more' } }; }
    let keepSeconds: number | null = null;
    const slot: SlotLease = {
      endpoint, upstreamModel: toUpstreamModel(unit),
      keepFor: (ttlSeconds) => { keepSeconds = ttlSeconds; },
      [Symbol.dispose]: () => { this.#life.free(unit, requestId, keepSeconds); },
    };
    return { kind: 'granted', slot };
  }

  /** Tells those who wait why, each time that the reason changes. */
  #tellWaits(waits: ReadonlyMap<string, WaitReason>): void {
    for (const [key, reason] of waits) {
      const { waiters } = this.units.get(key) ?? { waiters: [] };
      const told = this.#told.get(key);
      const newest = waiters.at(-1)?.serial ?? -1;
      if (told?.newest === newest && isDeepStrictEqual(told.reason, reason)) continue;
      this.#told.set(key, { newest, reason });
      this.#tellAll(waiters, reason);
    }
  }

  #tellAll(waiters: Unit['waiters'], reason: WaitReason): void {
    const text = JSON.stringify(reason);
    for (const { requestId } of waiters) {
      const pending = this.#pending.get(requestId);
      if (pending === undefined || pending.lastReason === text) continue;
      pending.lastReason = text;
      pending.request?.onWait?.(reason);
    }
  }
}

/** The model's name as its engine knows it. */
function toUpstreamModel({ config }: Unit): string {
  return config.external?.model ?? config.name;
}

function hasFreeSlot({ phase, active, waiters, config }: Unit): boolean {
  return (phase.kind === 'ready' || phase.kind === 'busy') && active.size < config.slots && waiters.length === 0;
}
