import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { ModelVersion } from '#contract/models.ts';
import type { ServedModel, ServingRequest } from '#contract/serving.ts';
import type { Clock } from '../../base/clock.ts';
import type { EngineShelf } from './engines/engineShelf.ts';
import { toUnloadAtMs } from './scheduler/idlePolicy.ts';
import type { Scheduler } from './scheduler/scheduler.ts';
import { isResident, type Placement, type Unit } from './scheduler/schedulerState.ts';
import { toTokenRate } from './tokenRate.ts';

interface ViewDeps {
  readonly scheduler: Pick<Scheduler, 'unitOf' | 'factsOf'>;
  readonly shelf: Pick<EngineShelf, 'kindOf'>;
  readonly getVersion: (config: ModelConfig) => ModelVersion | null;
  readonly getTtlSeconds: () => number;
  readonly clock: Clock;
}

const RATE_WINDOW_MS = 60_000;

type MemoryView = Pick<ServedModel, 'gpuIds' | 'bookedBytes' | 'ramBytes' | 'measuredBytes' | 'gpuLayers' | 'layerCount' | 'contextTokens' | 'pid'>;
const NO_MEMORY: MemoryView = { gpuIds: [], bookedBytes: 0, ramBytes: 0, measuredBytes: null, gpuLayers: null, layerCount: null, contextTokens: null, pid: null };

/** Shows configurations as the scheduler has them. */
export class ServedModelView {
  readonly #deps: ViewDeps;

  constructor(deps: ViewDeps) {
    this.#deps = deps;
  }

  /** `requests`: those of this model that run or ended, for the rates of the last minute. */
  describe(config: ModelConfig, requests: readonly ServingRequest[]): ServedModel {
    return { ...this.#describe(config, this.#deps.scheduler.unitOf(config.id), requests), leaving: null };
  }

  /** A load that is no longer its configuration's. */
  describeLeaving(unit: Unit, requests: readonly ServingRequest[]): ServedModel {
    return { ...this.#describe(unit.config, unit, requests), leaving: unit.key };
  }

  #describe(config: ModelConfig, unit: Unit | null, requests: readonly ServingRequest[]): Omit<ServedModel, 'leaving'> {
    const nowMs = this.#deps.clock.nowMs();
    const rated = requests.filter(({ endedAtMs }) => endedAtMs === null || nowMs - endedAtMs < RATE_WINDOW_MS);
    return {
      configId: config.id, name: config.name, versionId: config.versionId, engine: this.#deps.shelf.kindOf(config, this.#deps.getVersion(config)), slots: config.slots, isPinned: config.isPinned,
      ...this.#describeState(unit), ...this.#describeMemory(unit), ...this.#describeUse(unit), ...toRates(rated, nowMs),
    };
  }

  #describeState(unit: Unit | null): Pick<ServedModel, 'state' | 'stateSinceMs' | 'progress' | 'failure' | 'failureDetail' | 'exitCode' | 'retryAtMs'> {
    const phase = unit?.phase;
    const state = { state: phase?.kind ?? 'unloaded', stateSinceMs: phase === undefined ? 0 : this.#toWallMs(phase.sinceMs), progress: phase?.kind === 'loading' ? phase.progress : null } as const;
    if (phase?.kind !== 'failed') return { ...state, failure: null, failureDetail: null, exitCode: null, retryAtMs: null };
    return { ...state, failure: phase.failure, failureDetail: phase.detail, exitCode: phase.exitCode, retryAtMs: this.#toWallMs(phase.retryAtMs) };
  }

  #describeMemory(unit: Unit | null): MemoryView {
    if (unit === null) return NO_MEMORY;
    const layerCount = unit.plan.kind === 'known' ? unit.plan.plan.layerCount : null;
    if (!isResident(unit.phase)) return { ...NO_MEMORY, layerCount };
    const placed = { ...toPlacedMemory(unit.phase.placement), layerCount };
    const facts = this.#deps.scheduler.factsOf(unit);
    return facts === null ? placed : {
      ...placed, pid: facts.pid, measuredBytes: facts.measuredGpuBytes ?? facts.residentBytes, gpuLayers: facts.gpuLayers ?? placed.gpuLayers, layerCount: facts.layerCount ?? layerCount,
    };
  }

  #describeUse(unit: Unit | null): Pick<ServedModel, 'busySlots' | 'queuedCount' | 'loadMs' | 'loadCount' | 'crashCount' | 'lastUsedAtMs' | 'unloadAtMs'> {
    if (unit === null) return { busySlots: 0, queuedCount: 0, loadMs: null, loadCount: 0, crashCount: 0, lastUsedAtMs: null, unloadAtMs: null };
    const unloadAtMs = toUnloadAtMs(unit, this.#deps.getTtlSeconds());
    return {
      busySlots: unit.active.size, queuedCount: unit.waiters.length, loadMs: unit.loadMs === null ? null : Math.round(unit.loadMs), loadCount: unit.loadCount, crashCount: unit.crashCount,
      lastUsedAtMs: unit.lastUsedAtMs === null ? null : this.#toWallMs(unit.lastUsedAtMs), unloadAtMs: unloadAtMs === null ? null : this.#toWallMs(unloadAtMs),
    };
  }

  /** The scheduler counts on a clock that only grows. */
  #toWallMs(monotonicMs: number): number {
    const { clock } = this.#deps;
    return Math.round(clock.nowMs() + monotonicMs - clock.monotonicMs());
  }
}

function toPlacedMemory({ shares, ramBytes, gpuLayers, contextTokens }: Placement): MemoryView {
  return { ...NO_MEMORY, gpuIds: shares.map(({ gpuId }) => gpuId), bookedBytes: shares.reduce((sum, { bytes }) => sum + bytes, 0), ramBytes, gpuLayers, contextTokens };
}

/** Tokens by time, over all requests that have both. The first token is the end of the prompt, not of the answer's time. */
function toRates(requests: readonly ServingRequest[], nowMs: number): Pick<ServedModel, 'promptTokensPerSecond' | 'tokensPerSecond'> {
  const prompt = requests.map(({ promptTokens, startedAtMs, firstTokenAtMs }) => ({ tokens: promptTokens, fromMs: startedAtMs, toMs: firstTokenAtMs }));
  const answer = requests.map(({ completionTokens, firstTokenAtMs, endedAtMs }) => ({ tokens: (completionTokens ?? 0) - 1, fromMs: firstTokenAtMs, toMs: endedAtMs ?? nowMs }));
  return { promptTokensPerSecond: toRate(prompt), tokensPerSecond: toRate(answer) };
}

function toRate(spans: readonly { tokens: number | null; fromMs: number | null; toMs: number | null }[]): number | null {
  let [tokens, tookMs] = [0, 0];
  for (const span of spans) {
    if (span.tokens === null || span.tokens < 1 || span.fromMs === null || span.toMs === null) continue;
    tokens += span.tokens;
    tookMs += span.toMs - span.fromMs;
  }
  return toTokenRate(tokens, tookMs);
}
