import type { LoadShape, MemoryNeed } from '#contract/fits.ts';
import type { ModelConfigSettings } from '#contract/modelConfigs.ts';
import type { ModelVersionId } from '#contract/modelIds.ts';
import type { ModelVersion } from '#contract/models.ts';
import type { FitService, LayerTable } from '../features/models/index.ts';
import { FileSizePlanner, type MemoryMeasurement, type MemoryPlan, type MemoryPlanner, type MemoryQuestion } from '../features/serving/index.ts';
import { addAdapters, addDraft } from './companionMemory.ts';

interface FitPlannerDeps {
  readonly fits: Pick<FitService, 'planLoad' | 'recordMeasurement'>;
  readonly findVersion: (reference: string) => ModelVersion | null;
}

/** What is loaded beside a model. `projectorBytes`: in place of the model's own projector, null where none else is named. */
interface Companions { readonly adapterBytes: number; readonly projectorBytes: number | null; readonly draft: ModelVersion | null }

const KEPT_TABLES = 200;

/** What the scheduler asks about memory, answered by the estimates that the models' area shows too. */
export class FitPlanner implements MemoryPlanner {
  readonly #deps: FitPlannerDeps;
  readonly #bySize = new FileSizePlanner();
  /** What was told of each load, before corrections. */
  readonly #estimated = new Map<string, LayerTable>();

  constructor(deps: FitPlannerDeps) {
    this.#deps = deps;
  }

  async plan(question: MemoryQuestion): Promise<MemoryPlan> {
    const { version, settings } = question;
    if (version.format !== 'gguf') return this.#bySize.plan(question);
    const { adapterBytes, projectorBytes, draft } = this.#findCompanions(settings);
    const { estimated, ...plan } = await this.#deps.fits.planLoad(version, toLoadShape(question), { engine: settings.engine, projectorBytes });
    this.#keep(toKey(question), estimated);
    const withAdapters = addAdapters(plan, adapterBytes);
    return draft === null ? withAdapters : addDraft(withAdapters, await this.#deps.fits.planLoad(draft, toDraftShape(settings, plan.contextTokens), { projectorBytes: 0 }));
  }

  /** Those that cannot be found keep the engine from being started at all. The embedded engine knows neither projectors nor drafts. */
  #findCompanions({ engine, adapters, draft, mmproj }: ModelConfigSettings): Companions {
    const find = (reference: string | undefined): ModelVersion | null => (reference === undefined ? null : this.#deps.findVersion(reference));
    const isEmbedded = engine === 'embedded';
    return {
      adapterBytes: adapters.reduce((sum, { model }) => sum + (find(model)?.sizeBytes ?? 0), 0),
      projectorBytes: isEmbedded ? 0 : mmproj === null ? null : find(mmproj)?.sizeBytes ?? 0,
      draft: isEmbedded ? null : find(draft?.model),
    };
  }

  #keep(key: string, table: LayerTable): void {
    this.#estimated.set(key, table);
    const oldest = this.#estimated.keys().next();
    if (this.#estimated.size > KEPT_TABLES && oldest.done !== true) this.#estimated.delete(oldest.value);
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
    this.#deps.fits.recordMeasurement({ versionId, ...load });
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

/** A draft has as much context as the model, and a cache of the usual type. */
function toDraftShape({ slots, batchTokens, flashAttention }: ModelConfigSettings, contextTokens: number): LoadShape {
  return { contextTokens, slots, kvTypeK: 'f16', kvTypeV: 'f16', gpuLayers: null, gpuIds: null, batchTokens, flashAttention };
}

function toLoadShape({ settings, contextLimit }: MemoryQuestion): LoadShape {
  const { slots, kvTypeK, kvTypeV, gpuLayers, gpuIds, batchTokens, flashAttention } = settings;
  return { contextTokens: contextLimit ?? settings.contextTokens, slots, kvTypeK, kvTypeV, gpuLayers, gpuIds, batchTokens, flashAttention };
}
