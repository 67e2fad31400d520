import type { Fit, LoadShape, MemoryNeed } from '#contract/fits.ts';
import type { ModelVersion } from '#contract/models.ts';

/** What is to be loaded, and how. `paths` are all parts of the weights. */
export interface EstimateQuestion extends Pick<LoadShape, 'slots' | 'kvTypeK' | 'kvTypeV' | 'batchTokens' | 'flashAttention'> {
  readonly paths: readonly string[];
  readonly sizeBytes: number;
  readonly format: ModelVersion['format'];
  /** Per slot. */
  readonly contextTokens: number;
  readonly isEmbedding: boolean;
}

/** `gpuLayers` counts the output as one more than the blocks. */
export interface MemoryEstimate { readonly gpu: MemoryNeed; readonly ram: MemoryNeed; readonly gpuLayers: number; readonly layerCount: number; readonly source: Fit['source'] }

/** What one way to load takes, by how many layers are on GPUs; more than there are means all. */
export interface LayerTable { readonly layerCount: number; at(gpuLayers: number): MemoryEstimate }

/**
 * Tells what a load takes, before it is made.
 *
 * Shape: bytes over all GPUs, and in RAM; what a process takes for itself is `overheadBytes`. Errors: HeaderError where the header
 * cannot be read. Timing: reads headers, never weights; who cannot wait longer than `withinMs` may get a rougher answer.
 */
export interface MemoryEstimator {
  estimate(question: EstimateQuestion, options?: { withinMs?: number | undefined }): Promise<LayerTable>;
}

export const NO_NEED: MemoryNeed = { weightsBytes: 0, kvBytes: 0, computeBytes: 0, overheadBytes: 0, totalBytes: 0 };

/** Sums up. */
export function toNeed(parts: Omit<MemoryNeed, 'totalBytes'>): MemoryNeed {
  const { weightsBytes, kvBytes, computeBytes, overheadBytes } = parts;
  return { weightsBytes, kvBytes, computeBytes, overheadBytes, totalBytes: weightsBytes + kvBytes + computeBytes + overheadBytes };
}
