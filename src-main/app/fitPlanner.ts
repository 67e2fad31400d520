import type { LoadShape, MemoryNeed } from '#contract/fits.ts';
import type { ModelVersionId } from '#contract/modelIds.ts';
import type { FitService, LayerTable } from '../features/models/index.ts';
import { FileSizePlanner, type MemoryMeasurement, type MemoryPlan, type MemoryPlanner, type MemoryQuestion } from '../features/serving/index.ts';

const KEPT_TABLES = 200;

/** What the scheduler asks about memory, answered by the estimates that the models' area shows too. */
export class FitPlanner implements MemoryPlanner {
  readonly #fits: Pick<FitService, 'planLoad' | 'recordMeasurement'>;
  readonly #bySize = new FileSizePlanner();
  /** What was told of each load, before corrections. */
  readonly #estimated = new Map<string, LayerTable>();

  constructor(fits: Pick<FitService, 'planLoad' | 'recordMeasurement'>) {
    this.#fits = fits;
  }

  async plan(question: MemoryQuestion): Promise<MemoryPlan> {
    const { version, settings } = question;
    if (version.format !== 'gguf') return this.#bySize.plan(question);
    const { estimated, ...plan } = await this.#fits.planLoad(version, toLoadShape(question), { engine: settings.engine });
    this.#estimated.set(toKey(question), estimated);
    const oldest = this.#estimated.keys().next();
    if (this.#estimated.size > KEPT_TABLES && oldest.done !== true) this.#estimated.delete(oldest.value);
    return plan;
  }

  /**
   * The buffers that the engine named, against the same ones as estimated: of the GPUs where any layer is there, else of the RAM.
   * What resides or what a driver counts is more than that, or less, and teaches nothing. A rough estimate is not corrected, and what
   * else is loaded beside the model is not its own.
   */
  recordMeasurement(measurement: MemoryMeasurement): void {
    const { version, engine, gpuLayers, deviceCount, reportedGpu, reportedRam } = measurement;
    const estimate = this.#estimated.get(toKey(measurement))?.at(gpuLayers);
    if (estimate?.source !== 'insights' || !isAlone(measurement)) return;
    const [need, reported] = gpuLayers > 0 ? [estimate.gpu, reportedGpu] : [estimate.ram, reportedRam];
    if (reported !== null && isWhole(reported, need)) this.#record(version.id, { engine, estimatedBytes: sum(need, Math.max(1, deviceCount)), measuredBytes: sum(reported) });
  }

  #record(versionId: ModelVersionId, load: { engine: string; estimatedBytes: number; measuredBytes: number }): void {
    this.#fits.recordMeasurement({ versionId, ...load });
  }
}

/** Each device has compute buffers of its own. */
function sum({ weightsBytes, kvBytes, computeBytes }: Pick<MemoryNeed, 'weightsBytes' | 'kvBytes' | 'computeBytes'>, deviceCount = 1): number {
  return weightsBytes + kvBytes + computeBytes * deviceCount;
}

/** What an engine prints may lag behind its being ready. */
function isWhole(reported: NonNullable<MemoryMeasurement['reportedRam']>, need: MemoryNeed): boolean {
  return (['weightsBytes', 'kvBytes', 'computeBytes'] as const).every((part) => reported[part] > 0 || need[part] === 0);
}

function isAlone({ settings: { draft, adapters, extraArgs } }: MemoryQuestion): boolean {
  return draft === null && adapters.length === 0 && extraArgs.length === 0;
}

function toKey(question: MemoryQuestion): string {
  return `${question.version.id} ${JSON.stringify(toLoadShape(question))}`;
}

function toLoadShape({ settings, contextLimit }: MemoryQuestion): LoadShape {
  const { slots, kvTypeK, kvTypeV, gpuLayers, gpuIds, batchTokens, flashAttention } = settings;
  return { contextTokens: contextLimit ?? settings.contextTokens, slots, kvTypeK, kvTypeV, gpuLayers, gpuIds, batchTokens, flashAttention };
}
