import type { Fit, LoadShape, MemoryNeed } from '#contract/fits.ts';

/** What is to be loaded, and how. `gpuLayers` counts the output as one more than the blocks; `paths` are all parts of the weights. */
export interface EstimateQuestion {
  readonly paths: readonly string[];
  readonly sizeBytes: number;
  readonly contextTokens: number;
  readonly slots: number;
  readonly kvTypeK: LoadShape['kvTypeK'];
  readonly kvTypeV: LoadShape['kvTypeV'];
  readonly gpuLayers: number;
  readonly isEmbedding: boolean;
}

export interface MemoryEstimate { readonly gpu: MemoryNeed; readonly ram: MemoryNeed; readonly gpuLayers: number; readonly layerCount: number; readonly source: Fit['source'] }

/**
 * Tells what a load takes, before it is made.
 *
 * Shape: bytes over all GPUs, and in RAM; what a process takes for itself is `overheadBytes`. Errors: HeaderError where the header
 * cannot be read. Timing: reads headers, never weights.
 */
export interface MemoryEstimator {
  estimate(question: EstimateQuestion): Promise<MemoryEstimate>;
}

export const NO_NEED: MemoryNeed = { weightsBytes: 0, kvBytes: 0, computeBytes: 0, overheadBytes: 0, totalBytes: 0 };

/** Sums up. */
export function toNeed(parts: Omit<MemoryNeed, 'totalBytes'>): MemoryNeed {
  const { weightsBytes, kvBytes, computeBytes, overheadBytes } = parts;
  return { weightsBytes, kvBytes, computeBytes, overheadBytes, totalBytes: weightsBytes + kvBytes + computeBytes + overheadBytes };
}
