import type { KvType } from '#contract/fits.ts';
import type { MemoryShape } from '../../../platform/modelFiles/gguf/memoryShape.ts';
import { NO_NEED, toNeed, type EstimateQuestion, type LayerTable, type MemoryEstimate } from './memoryEstimator.ts';

const MIB = 1024 * 1024;
/** What a process takes of a GPU before it holds a model. */
export const CUDA_CONTEXT_BYTES = 450 * MIB;
/**
 * The same of the RAM: 96 to 107 MiB of the embedded engine beside its weights, cache and buffers, with the demo model and a
 * tiny one, before and after 24 answers; its program's own pages, which this backend has in memory too, are not counted.
 * A llama-server takes 1 to 20 MiB, and more as it keeps prompts. Node 24, llama.cpp v0.4.0, Linux, 2026-11.
 */
export const PROCESS_BYTES = 112 * MIB;
const BYTES_PER_FLOAT = 4;
/** Rows of activations that are alive at once in one block. */
const ACTIVATIONS = 8;

/** Bytes of one number; quantised types by their blocks of 32. Source: ggml's block sizes. */
export const KV_BYTES: Readonly<Record<KvType, number>> = { f32: 4, f16: 2, bf16: 2, q8_0: 34 / 32, q5_1: 24 / 32, q5_0: 22 / 32, q4_1: 20 / 32, q4_0: 18 / 32, iq4_nl: 18 / 32 };

type Load = Omit<EstimateQuestion, 'paths' | 'sizeBytes' | 'format' | 'flashAttention'> & { readonly gpuLayers: number };

/** The same for every number of layers on GPUs. */
export function toShapeTable(shape: MemoryShape, load: Omit<Load, 'gpuLayers'>): LayerTable {
  return { layerCount: shape.layers.length + 1, at: (gpuLayers) => estimateByShape(shape, { ...load, gpuLayers }) };
}

/**
 * Estimates what a load takes by the header alone: every block's weights where it is loaded, its KV cache beside it, the
 * compute buffers of a batch with flash attention, and what a process holds.
 *
 * Shape: the last `gpuLayers` layers are on the GPU, the output first; token embeddings stay in RAM. Does not throw.
 * Source: llama.cpp's `llama_model::load_tensors` and `llama_kv_cache`; windows of attention and recurrent layers are not
 * known to it, so it says too much for those.
 */
export function estimateByShape(shape: MemoryShape, load: Load): MemoryEstimate {
  const layerCount = shape.layers.length + 1;
  const gpuLayers = Math.min(load.gpuLayers, layerCount);
  const blocksOnGpu = Math.max(0, gpuLayers - 1);
  const onGpu = shape.layers.slice(shape.layers.length - blocksOnGpu);
  const inRam = shape.layers.slice(0, shape.layers.length - blocksOnGpu);
  const { outputBytes, inputBytes, tiedBytes } = shape;
  const isOutputOnGpu = gpuLayers > 0;
  const gpu = isOutputOnGpu ? toNeed({ weightsBytes: sumWeights(onGpu) + outputBytes + tiedBytes, kvBytes: sumKv(onGpu, load), computeBytes: toComputeBytes(shape, load), overheadBytes: CUDA_CONTEXT_BYTES }) : NO_NEED;
  const ram = toNeed({
    weightsBytes: sumWeights(inRam) + inputBytes + (isOutputOnGpu ? 0 : outputBytes), kvBytes: sumKv(inRam, load),
    computeBytes: isOutputOnGpu ? load.batchTokens * shape.embeddingLength * BYTES_PER_FLOAT : toComputeBytes(shape, load), overheadBytes: PROCESS_BYTES,
  });
  return { gpu, ram, gpuLayers, layerCount, source: 'file_size' };
}

/** Without a header: the file's size, and a share of it for the cache. */
export function estimateBySize({ sizeBytes, gpuLayers }: { sizeBytes: number; gpuLayers: number }): MemoryEstimate {
  const all = { weightsBytes: sizeBytes, kvBytes: Math.ceil(sizeBytes * 0.15), computeBytes: 256 * MIB };
  return gpuLayers > 0
    ? { gpu: toNeed({ ...all, overheadBytes: CUDA_CONTEXT_BYTES }), ram: toNeed({ ...NO_NEED, overheadBytes: PROCESS_BYTES }), gpuLayers: 1, layerCount: 1, source: 'file_size' }
    : { gpu: NO_NEED, ram: toNeed({ ...all, overheadBytes: PROCESS_BYTES }), gpuLayers: 0, layerCount: 1, source: 'file_size' };
}

function sumWeights(layers: MemoryShape['layers']): number {
  return layers.reduce((sum, { weightsBytes }) => sum + weightsBytes, 0);
}

function sumKv(layers: MemoryShape['layers'], { contextTokens, slots, kvTypeK, kvTypeV, isEmbedding }: Load): number {
  if (isEmbedding) return 0;
  const bytesPerToken = layers.reduce((sum, { keyNumbers, valueNumbers }) => sum + keyNumbers * KV_BYTES[kvTypeK] + valueNumbers * KV_BYTES[kvTypeV], 0);
  return Math.ceil(bytesPerToken * contextTokens * slots);
}

function toComputeBytes({ vocabularySize, embeddingLength }: MemoryShape, { contextTokens, slots, batchTokens }: Load): number {
  const batch = Math.min(batchTokens, contextTokens);
  return batch * BYTES_PER_FLOAT * (vocabularySize + ACTIVATIONS * embeddingLength) + batch * contextTokens * slots * 2;
}
