import type { ModelConfig } from '../../src-main/contract/modelConfigs.ts';
import type { WaitReason } from '../../src-main/contract/serving.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import type { MemoryMeasurement, MemoryPlan, MemoryPlanner, MemoryQuestion } from '../../src-main/features/serving/scheduler/memoryPlan.ts';
import { RamLedger } from '../../src-main/features/serving/scheduler/ramLedger.ts';
import { Scheduler } from '../../src-main/features/serving/scheduler/scheduler.ts';
import type { SlotLease, SlotLoss, SlotRefusal, SlotResult } from '../../src-main/features/serving/scheduler/schedulerPort.ts';
import type { Transition } from '../../src-main/features/serving/scheduler/unitRegister.ts';
import { FakeClock, settle } from '../fakes/facts/fakeClock.ts';
import { GIB } from '../fakes/facts/aGpu.ts';
import { aVersion } from '../fakes/serving/aModel.ts';
import { FakeStarter } from '../fakes/serving/fakeEngines.ts';
import { FakeGpuMemory } from '../fakes/serving/fakeGpuMemory.ts';

/** Ten layers of one size; so many GiB when whole on a GPU. */
export function aPlan({ gib = 10, layers = 10, contextTokens = 8_192, ramGib = gib }: { gib?: number; layers?: number; contextTokens?: number; ramGib?: number } = {}): MemoryPlan {
  const steps = Array.from({ length: layers + 1 }, (_, gpuLayers) => ({ gpuLayers, gpuBytes: Math.round(gib * GIB * gpuLayers / layers), ramBytes: Math.round(ramGib * GIB * (layers - gpuLayers) / layers) }));
  return { steps, layerCount: layers, contextTokens, deviceOverheadBytes: 0 };
}

/** Needs by model's name. */
export class FakePlanner implements MemoryPlanner {
  readonly needs = new Map<string, (question: MemoryQuestion) => MemoryPlan>();
  readonly measurements: MemoryMeasurement[] = [];
  failure: Error | null = null;
  gib = 10;

  plan(question: MemoryQuestion): Promise<MemoryPlan> {
    if (this.failure !== null) return Promise.reject(this.failure);
    const need = this.needs.get(question.version.modelName);
    return Promise.resolve(need?.(question) ?? aPlan({ gib: this.gib, contextTokens: question.contextLimit ?? question.settings.contextTokens ?? 8_192 }));
  }

  recordMeasurement(measurement: MemoryMeasurement): void {
    this.measurements.push(measurement);
  }
}

/** A request of a test, with what came of it. */
export interface Ask {
  readonly id: string;
  readonly abort: AbortController;
  readonly waits: WaitReason[];
  result: SlotResult | null;
  answeredAtMs: number | null;
  /** How its slot was taken away; null while it was not. */
  loss: SlotLoss | null;
}

/** A scheduler whose engines, devices, memory and time are values. */
export class ServingWorld {
  readonly clock = new FakeClock();
  readonly starter = new FakeStarter();
  readonly gpus: FakeGpuMemory;
  readonly planner = new FakePlanner();
  readonly ram: RamLedger;
  readonly scheduler: Scheduler;
  readonly transitions: Transition[] = [];
  limits = { all: 256, model: 256, key: 128, ttlSeconds: 900 };
  totalRamBytes = 64 * GIB;
  availableRamBytes = 64 * GIB;
  /** When the engines last sent something to those who ask; null while they have not. */
  heardAtMs: number | null = null;
  /** Why no engine can be started; null while one can. */
  missing: string | null = null;
  #count = 0;
  readonly #askers = new WeakMap<SlotLease, Ask>();

  constructor({ gpuGib = [24], displayOn = null }: { gpuGib?: number[]; displayOn?: number | null } = {}) {
    this.gpus = new FakeGpuMemory(gpuGib.map((gib, n) => ({ capacityBytes: gib * GIB, isDisplayAttached: n === displayOn })));
    this.ram = new RamLedger({ readRam: () => ({ totalBytes: this.totalRamBytes, availableBytes: this.availableRamBytes }), getReserveBytes: () => 0 });
    this.scheduler = new Scheduler({
      clock: this.clock, log: silentLog, memory: { gpus: this.gpus, ram: this.ram, planner: this.planner },
      findVersion: ({ versionId }) => (versionId === null ? null : aVersion(versionId.replace('version_', ''))),
      planLaunch: (config, version, placement) => (this.missing !== null ? { kind: 'missing', failure: 'missing_engine', detail: this.missing } : {
        kind: 'launch', starter: this.starter,
        launch: { configId: config.id, name: config.name, settings: config, modelPath: version?.path ?? null, mmprojPath: null, draftPath: null, adapters: [], contextTokens: placement.contextTokens, slots: config.slots, gpuLayers: placement.gpuLayers, threads: 1, purpose: 'generate' },
      }),
      getLimits: () => this.limits,
    });
    this.scheduler.onDidTransition((transition) => { this.transitions.push(transition); });
    this.scheduler.start();
  }

  ask(config: ModelConfig, { priority = 0, keyId = null }: { priority?: number; keyId?: string | null } = {}): Ask {
    this.#count += 1;
    const ask: Ask = { id: `request_${this.#count}`, abort: new AbortController(), waits: [], result: null, answeredAtMs: null, loss: null };
    this.scheduler.request({ requestId: ask.id, config, keyId, priority, signal: ask.abort.signal, getHeardAtMs: () => this.heardAtMs, onWait: (reason) => { ask.waits.push(reason); }, onLost: (cause) => { ask.loss = cause; } }).then((result) => { ask.result = result; ask.answeredAtMs = this.clock.monotonicMs(); }, () => undefined);
    return ask;
  }

  /** Asks and lets happen what happens at once. */
  async served(config: ModelConfig): Promise<SlotLease> {
    const ask = this.ask(config);
    await settle();
    const slot = slotOf(ask);
    this.#askers.set(slot, ask);
    return slot;
  }

  /** How a slot of `served` was taken away; null while it was not. */
  lossOf(slot: SlotLease): SlotLoss | null {
    return this.#askers.get(slot)?.loss ?? null;
  }

  /** Loads a model and leaves it idle and old enough to be evicted. */
  async resident(config: ModelConfig): Promise<void> {
    (await this.served(config))[Symbol.dispose]();
    await this.clock.advance(2_000);
  }

  stateOf(config: ModelConfig): string {
    return this.scheduler.unitOf(config.id)?.phase.kind ?? 'unknown';
  }
}

export function slotOf({ result, id }: Ask): SlotLease {
  if (result?.kind !== 'granted') throw new Error(`${id} got no slot: ${JSON.stringify(result)}`);
  return result.slot;
}

export function refusalOf({ result, id }: Ask): SlotRefusal {
  if (result?.kind !== 'refused') throw new Error(`${id} was not refused: ${JSON.stringify(result)}`);
  return result.refusal;
}
