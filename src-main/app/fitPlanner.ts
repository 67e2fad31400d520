import type { LoadShape } from '#contract/fits.ts';
import type { FitService } from '../features/models/index.ts';
import { FileSizePlanner, type MemoryMeasurement, type MemoryPlan, type MemoryPlanner, type MemoryQuestion } from '../features/serving/index.ts';

/** What the scheduler asks about memory, answered by the estimates that the models' area shows too. */
export class FitPlanner implements MemoryPlanner {
  readonly #fits: Pick<FitService, 'planLoad' | 'recordMeasurement' | 'getCorrection'>;
  readonly #bySize = new FileSizePlanner();

  constructor(fits: Pick<FitService, 'planLoad' | 'recordMeasurement' | 'getCorrection'>) {
    this.#fits = fits;
  }

  plan(question: MemoryQuestion): Promise<MemoryPlan> {
    const { version, settings } = question;
    if (version.format !== 'gguf') return this.#bySize.plan(question);
    return this.#fits.planLoad(version, toLoadShape(question), { engine: settings.engine });
  }

  /** A GPU's figures come from its driver. Resident memory may lack pages that nobody touched yet, so it teaches only when it is more. */
  recordMeasurement({ version, engine, estimatedGpuBytes, estimatedRamBytes, measuredGpuBytes, measuredRamBytes }: MemoryMeasurement): void {
    const { correction } = this.#fits.getCorrection(version.id, engine);
    const record = (estimatedBytes: number, measuredBytes: number): void => { this.#fits.recordMeasurement({ versionId: version.id, engine, estimatedBytes: estimatedBytes / correction, measuredBytes }); };
    if (estimatedGpuBytes > 0 && measuredGpuBytes !== null && measuredGpuBytes > 0) record(estimatedGpuBytes, measuredGpuBytes);
    else if (estimatedGpuBytes === 0 && measuredRamBytes !== null && measuredRamBytes > estimatedRamBytes) record(estimatedRamBytes, measuredRamBytes);
  }
}

function toLoadShape({ settings, contextLimit }: MemoryQuestion): LoadShape {
  const { slots, kvTypeK, kvTypeV, gpuLayers, gpuIds } = settings;
  return { contextTokens: contextLimit ?? settings.contextTokens, slots, kvTypeK, kvTypeV, gpuLayers, gpuIds };
}
