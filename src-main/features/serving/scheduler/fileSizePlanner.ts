import type { MemoryPlan, MemoryPlanner, MemoryQuestion } from './memoryPlan.ts';

const MIB = 1024 * 1024;
const SHARE_OVER_WEIGHTS = 1.2;
const CONTEXT_BYTES = 512 * MIB;
const LAYERS_WHERE_UNKNOWN = 32;
const DEFAULT_CONTEXT_TOKENS = 8_192;

/** Goes by the size of the weights alone: for formats of which nothing better is known. */
export class FileSizePlanner implements MemoryPlanner {
  plan({ version, settings, contextLimit }: MemoryQuestion): Promise<MemoryPlan> {
    const layerCount = version.layerCount ?? LAYERS_WHERE_UNKNOWN;
    const weightsBytes = Math.ceil(version.sizeBytes * SHARE_OVER_WEIGHTS);
    const steps = Array.from({ length: layerCount + 1 }, (_, gpuLayers) => ({
      gpuLayers, gpuBytes: gpuLayers === 0 ? 0 : Math.ceil((weightsBytes * gpuLayers) / layerCount) + CONTEXT_BYTES, ramBytes: Math.ceil((weightsBytes * (layerCount - gpuLayers)) / layerCount) + CONTEXT_BYTES / 4,
    }));
    const ownTokens = Math.min(version.contextTokens ?? DEFAULT_CONTEXT_TOKENS, DEFAULT_CONTEXT_TOKENS);
    return Promise.resolve({ steps, layerCount, contextTokens: Math.min(settings.contextTokens ?? ownTokens, contextLimit ?? Number.MAX_SAFE_INTEGER), deviceOverheadBytes: CONTEXT_BYTES });
  }

  recordMeasurement(): void {
    // A size teaches nothing.
  }
}
