import type { ModelConfig } from '../../src-main/contract/modelConfigs.ts';
import { toDemands } from '../../src-main/features/serving/scheduler/roomPolicy.ts';
import type { SlotLease, SlotRefusal } from '../../src-main/features/serving/scheduler/schedulerPort.ts';
import { isResident } from '../../src-main/features/serving/scheduler/schedulerState.ts';
import { TIMING } from '../../src-main/features/serving/scheduler/timing.ts';
import { aConfig } from '../fakes/serving/aModel.ts';
import type { FakeEngine } from '../fakes/serving/fakeEngines.ts';
import { GIB, uuid } from '../fakes/facts/aGpu.ts';
import { aPlan, ServingWorld, type Ask } from './servingWorld.ts';

const GPU_GIB = [24, 16, 12];
const RAM_GIB = 48;
const MODELS = 20;
const ROOMS: readonly (readonly [string, number])[] = [...GPU_GIB.map((gib, n) => [uuid(n), gib] as const), ['ram', RAM_GIB]];
/** Requests and loads of the simulation take at most so long, in simulated time. */
const LONGEST_REQUEST_MS = 40_000;
const LONGEST_LOAD_MS = 30_000;
/** Nobody may wait longer. Everything that a request can stand behind is bounded by what is above. */
const LONGEST_WAIT_MS = 3_600_000;

interface Running extends Ask { readonly config: ModelConfig; readonly askedAtMs: number; engine: FakeEngine | null; finishAtMs: number }

/** A small random source that a seed repeats. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What a step does, by the share of dice below each limit; what is left of 1 waits. */
const STEPS: readonly (readonly [number, (simulation: ServingSimulation) => void | Promise<void>])[] = [
  [0.56, (simulation) => { simulation.finishOne(); }], [0.59, (simulation) => { simulation.cancelOne(); }], [0.605, (simulation) => { simulation.killOne(); }],
  [0.615, (simulation) => { simulation.unloadOne(); }], [0.625, (simulation) => { simulation.takeByOthers(); }], [0.63, (simulation) => { simulation.jump(); }],
  [0.635, (simulation) => { simulation.refuseSometimes(); }], [1, (simulation) => simulation.wait()],
];

/** What came of a simulation; `problem` names the first invariant that did not hold. */
export interface SimulationOutcome { readonly problem: string | null; readonly counts: Readonly<Record<string, number>> }

/** Twenty models, three devices and RAM, under whatever random steps do to them. */
export class ServingSimulation {
  readonly #world = new ServingWorld({ gpuGib: GPU_GIB });
  readonly #random: () => number;
  readonly #configs: ModelConfig[];
  readonly #asks = new Set<Running>();
  readonly #readyAtMs = new Map<FakeEngine, number>();
  /** Engines that may die with requests on them: the simulation killed them, or forced their unload. */
  readonly #doomed = new Set<FakeEngine>();
  readonly #counts: Record<string, number> = {};
  #problem: string | null = null;
  /** When somebody else last held memory, or the ledger refused. */
  #othersAtMs = Number.NEGATIVE_INFINITY;
  #roleTurn = 0;
  #stepCount = 0;

  constructor(seed: number) {
    this.#random = createRandom(seed);
    this.#configs = Array.from({ length: MODELS }, (_, n) => this.#createConfig(n));
    const world = this.#world;
    world.totalRamBytes = RAM_GIB * GIB;
    world.availableRamBytes = RAM_GIB * GIB;
    world.limits = { all: 40, model: 20, key: 24, ttlSeconds: 300 };
    world.starter.isInstant = false;
    world.starter.onStart = (engine) => { this.#takeStart(engine); };
    world.starter.onGone = (engine) => { this.#takeGone(engine); };
  }

  async run(steps: number): Promise<SimulationOutcome> {
    for (let step = 0; step < steps && this.#problem === null; step += 1) {
      await this.#step();
      this.#check();
    }
    if (this.#problem === null) await this.#comeToRest();
    return { problem: this.#problem, counts: this.#counts };
  }

  #createConfig(n: number): ModelConfig {
    const name = `model${n}`;
    const gib = 2 + Math.floor(this.#random() * 12);
    this.#world.planner.needs.set(name, ({ contextLimit }) => aPlan({ gib: contextLimit === null ? gib : gib * 0.8, contextTokens: contextLimit ?? 8_192 }));
    return aConfig(name, { slots: 1 + Math.floor(this.#random() * 4), isPinned: n === 0, mayUseRam: this.#random() < 0.5, ttlSeconds: this.#random() < 0.3 ? Math.floor(this.#random() * 60) : null, priority: Math.floor(this.#random() * 3) - 1 });
  }

  async #step(): Promise<void> {
    this.#stepCount += 1;
    this.#noteOthers();
    const isRush = Math.floor(this.#stepCount / 400) % 4 === 0;
    const dice = this.#random();
    if (dice < (isRush ? 0.4 : 0.16)) this.#ask();
    else await STEPS.find(([limit]) => dice < limit)?.[1](this);
    for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
    this.#noteOthers();
  }

  #noteOthers(): void {
    const { gpus, clock } = this.#world;
    if (gpus.isRefusing || gpus.devices.some(({ holders }) => holders.length > 0)) this.#othersAtMs = clock.monotonicMs();
  }

  #pick<T>(items: readonly T[]): T | null {
    return items[Math.floor(this.#random() * items.length)] ?? null;
  }

  #count(what: string): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + 1;
  }

  #ask(): void {
    const popular = this.#random() < 0.6 ? this.#configs.slice(0, 6) : this.#configs;
    const config = this.#pick(popular);
    if (config === null) return;
    const ask = this.#world.ask(this.#pointRole(config), { keyId: this.#pick(['k1', 'k2', null]), priority: this.#random() < 0.1 ? 1 : 0 });
    this.#asks.add(Object.assign(ask, { config, askedAtMs: this.#world.clock.monotonicMs(), engine: null, finishAtMs: Number.POSITIVE_INFINITY }));
    this.#count('asked');
  }

  /** One configuration is a role that points elsewhere now and then. */
  #pointRole(config: ModelConfig): ModelConfig {
    if (config !== this.#configs[1]) return config;
    if (this.#random() < 0.02) this.#roleTurn += 1;
    return aConfig(config.name, { ...config, versionId: `version_model${1 + (this.#roleTurn % 2)}` });
  }

  finishOne(): void {
    const running = this.#pick([...this.#asks].filter(({ result }) => result?.kind === 'granted'));
    if (running !== null) this.#end(running);
  }

  #end(running: Running): void {
    this.#asks.delete(running);
    if (running.result?.kind !== 'granted') return;
    if (this.#random() < 0.05) running.result.slot.keepFor(0);
    running.result.slot[Symbol.dispose]();
    this.#count('finished');
  }

  cancelOne(): void {
    const waiting = this.#pick([...this.#asks].filter(({ result }) => result === null));
    waiting?.abort.abort();
    if (waiting !== null) this.#count('cancelled');
  }

  killOne(): void {
    const engine = this.#pick(this.#world.starter.live.filter(({ isStopping }) => !isStopping));
    if (engine === null) return;
    this.#doomed.add(engine);
    const isOutOfMemory = this.#random() < 0.4;
    this.#count(isOutOfMemory ? 'out of memory' : 'crashed');
    engine.crash(isOutOfMemory ? { failure: 'out_of_memory' } : {});
  }

  unloadOne(): void {
    const config = this.#pick(this.#configs);
    if (config === null) return;
    const isForced = this.#random() < 0.5;
    if (isForced) for (const engine of this.#world.starter.live) if (engine.launch.name === config.name) this.#doomed.add(engine);
    this.#count(isForced ? 'forced' : 'unloaded');
    this.#world.scheduler.unload(config.id, { isForced }).catch((error: unknown) => { this.#problem ??= `an unload failed: ${String(error)}`; });
  }

  takeByOthers(): void {
    const n = Math.floor(this.#random() * GPU_GIB.length);
    const room = (GPU_GIB[n] ?? 0) * GIB - this.#world.gpus.bookedOn(uuid(n));
    this.#world.gpus.setOthers(n, this.#random() < 0.6 ? 0 : Math.floor(this.#random() * room));
  }

  jump(): void {
    this.#world.clock.setWall(this.#world.clock.nowMs() + Math.floor((this.#random() - 0.5) * 7_200_000));
  }

  refuseSometimes(): void {
    this.#world.gpus.isRefusing = this.#random() < 0.3;
  }

  async wait(): Promise<void> {
    const longest = this.#random() < 0.03 ? 15_000 : 600;
    await this.#world.clock.advance(Math.floor(this.#random() * longest));
    this.#happen();
  }

  /** What falls due by itself: loads end, requests end, stubborn engines go. */
  #happen(): void {
    const nowMs = this.#world.clock.monotonicMs();
    for (const engine of this.#world.starter.live) {
      if (nowMs >= (this.#readyAtMs.get(engine) ?? 0)) engine.becomeReady();
      if (engine.isStopping && this.#random() < 0.5) engine.end();
    }
    for (const running of this.#asks) if (nowMs >= running.finishAtMs) this.#end(running);
  }

  #takeStart(engine: FakeEngine): void {
    this.#count('started');
    engine.isStubborn = this.#random() < 0.3;
    const isHanging = this.#random() < 0.02;
    this.#readyAtMs.set(engine, isHanging ? Number.POSITIVE_INFINITY : this.#world.clock.monotonicMs() + Math.floor(this.#random() ** 3 * LONGEST_LOAD_MS));
    const twins = this.#world.starter.live.filter((other) => other !== engine && other.launch.name === engine.launch.name && other.launch.modelPath === engine.launch.modelPath);
    if (twins.length > 0) this.#problem ??= `two engines of ${engine.launch.name} at once`;
  }

  #takeGone(engine: FakeEngine): void {
    const isInUse = [...this.#asks].some((running) => running.engine === engine && running.result?.kind === 'granted' && running.loss === null);
    if (isInUse && !this.#doomed.has(engine)) this.#problem ??= `busy ${engine.launch.name} was killed`;
  }

  #check(): void {
    const nowMs = this.#world.clock.monotonicMs();
    for (const running of this.#asks) this.#checkAsk(running, nowMs);
    const units = [...this.#world.scheduler.units.values()];
    const crowded = units.find(({ active, config }) => active.size > config.slots);
    if (crowded !== undefined) this.#problem ??= `${crowded.config.name} has ${crowded.active.size} requests on ${crowded.config.slots} slots`;
    const demands = units.flatMap(({ phase }) => (isResident(phase) ? toDemands(phase.placement) : []));
    for (const [room, gib] of ROOMS) {
      const bytes = demands.reduce((sum, demand) => sum + (demand.id === room ? demand.bytes : 0), 0);
      if (bytes > gib * GIB) this.#problem ??= `${room} holds more than it has`;
    }
  }

  #checkAsk(running: Running, nowMs: number): void {
    const { result, askedAtMs, config } = running;
    if (result === null) {
      if (nowMs - askedAtMs > LONGEST_WAIT_MS) this.#problem ??= `a request of ${config.name} waits for ever`;
    } else if (result.kind === 'refused') this.#takeRefusal(running, result.refusal);
    else if (running.engine === null) this.#noteGrant(running, result.slot, nowMs);
    else if (running.loss !== null) {
      if (!this.#doomed.has(running.engine)) this.#problem ??= `a request of ${config.name} was aborted without cause`;
      this.#close(running, 'aborted');
    }
  }

  /** Nothing but others' memory, or a ledger that refuses, keeps a model out for good: each of them fits when ours have gone. */
  #takeRefusal(running: Running, { kind }: SlotRefusal): void {
    const isTrue = kind !== 'insufficient_vram' && (kind !== 'gpu_busy' || (running.answeredAtMs ?? 0) - this.#othersAtMs <= TIMING.replaceMs);
    if (!isTrue) this.#problem ??= `${running.config.name} was told ${kind} while only ours hold the memory`;
    this.#close(running, `refused ${kind}`);
  }

  #close(running: Running, what: string): void {
    this.#asks.delete(running);
    this.#count(what);
  }

  #noteGrant(running: Running, slot: SlotLease, nowMs: number): void {
    running.engine = this.#world.starter.engines.findLast(({ pid }) => slot.endpoint.origin.endsWith(`:${pid}`)) ?? null;
    running.finishAtMs = nowMs + Math.floor(this.#random() ** 2 * LONGEST_REQUEST_MS);
    this.#count('granted');
  }

  /** No new requests: everybody must be answered, and everything be given back. */
  async #comeToRest(): Promise<void> {
    this.#world.gpus.isRefusing = false;
    GPU_GIB.forEach((_, n) => { this.#world.gpus.setOthers(n, 0); });
    for (let round = 0; round < 3_000 && this.#asks.size > 0 && this.#problem === null; round += 1) {
      await this.#world.clock.advance(1_000);
      this.#happen();
      this.#check();
    }
    const [left] = this.#asks;
    if (left !== undefined) this.#problem ??= `${this.#asks.size} requests were never answered, such as one of ${left.config.name} (${left.waits.at(-1)?.kind ?? 'nothing told'})`;
    const stopping = this.#world.scheduler.stop();
    while (this.#world.starter.live.length > 0) { await this.#world.clock.advance(1_000); this.#happen(); }
    await stopping;
    this.#checkLeft();
  }

  #checkLeft(): void {
    const { gpus, ram, clock } = this.#world;
    if (GPU_GIB.some((_, n) => gpus.bookedOn(uuid(n)) > 0) || ram.bookedBytes > 0) this.#problem ??= 'memory is still booked after the stop';
    if (clock.pendingCount > 0) this.#problem ??= `${clock.pendingCount} timers are left after the stop`;
  }
}
