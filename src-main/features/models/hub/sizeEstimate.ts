import type { HubChoice } from '#contract/hub.ts';
import { getGgufNumber, getGgufText, type GgufHeader } from '../../../platform/hub/gguf/ggufHeader.ts';

/** What a choice's fit says in the contract. */
export type ChoiceFit = NonNullable<HubChoice['fit']>;

/** What is free on this machine. An empty list: no GPU. */
export interface MemoryBudget { readonly gpus: readonly { readonly freeBytes: number; readonly totalBytes: number }[]; readonly freeRamBytes: number; readonly totalRamBytes: number }

/** Weights of a size, with a header that may be that of another quantisation of the same model, whose size is `headerSizeBytes`. */
export interface JudgedWeights { readonly sizeBytes: number; readonly header: GgufHeader | null; readonly headerSizeBytes: number }

/** Judges whether weights fit. */
export type FitEstimate = (weights: JudgedWeights, budget: MemoryBudget) => ChoiceFit | Promise<ChoiceFit>;

const MIB = 1024 * 1024;
const CUDA_CONTEXT_BYTES = 450 * MIB;
const COMPUTE_BYTES = 350 * MIB;
const RAM_RESERVE_BYTES = 1024 * MIB;
const CONTEXT_TOKENS = 8_192;
const BYTES_PER_F16 = 2;
/** Where no header tells: 8192 tokens of a grouped-query model beside its 4-bit weights. */
const KV_SHARE = 0.15;

/**
 * The fit by size, for where nothing better is there: weights as large as their files, the KV cache for 8192 tokens at f16
 * from the header's counts, and what a process holds besides.
 *
 * Shape: `fits`: whole on the GPUs, or whole in RAM where there is no GPU; the output counts as a layer, as in every fit.
 * Source: a CUDA context takes 300–600 MiB; the compute buffer is an allowance for batches of 512 tokens, not a measurement.
 */
export function estimateBySize({ sizeBytes, header }: Pick<JudgedWeights, 'sizeBytes' | 'header'>, budget: MemoryBudget): ChoiceFit {
  const { layerCount, contextTokens, kvBytes } = estimateKv(sizeBytes, header);
  const freeGpuBytes = budget.gpus.reduce((sum, { freeBytes }) => sum + Math.max(0, freeBytes - CUDA_CONTEXT_BYTES), 0);
  const freeRamBytes = Math.max(0, budget.freeRamBytes - RAM_RESERVE_BYTES);
  const modelBytes = sizeBytes + kvBytes;
  const share = shareOnGpu(modelBytes, freeGpuBytes);
  const gpuLayers = share === 1 ? layerCount : Math.floor(layerCount * share);
  const ramBytes = (1 - share) * modelBytes;
  return {
    verdict: verdictOf({ share, isGpuThere: budget.gpus.length > 0, isRamEnough: ramBytes + COMPUTE_BYTES <= freeRamBytes }),
    gpu: needOf({ weightsBytes: sizeBytes * share, kvBytes: kvBytes * share, computeBytes: share > 0 ? COMPUTE_BYTES : 0, overheadBytes: share > 0 ? CUDA_CONTEXT_BYTES : 0 }),
    ram: needOf({ weightsBytes: sizeBytes * (1 - share), kvBytes: kvBytes * (1 - share), computeBytes: share < 1 ? COMPUTE_BYTES : 0, overheadBytes: 0 }),
    gpuLayers, layerCount, contextTokens, source: 'file_size',
  };
}

function estimateKv(sizeBytes: number, header: GgufHeader | null): { layerCount: number; contextTokens: number; kvBytes: number } {
  const shape = header === null ? null : toKvShape(header);
  if (shape === null) return { layerCount: 0, contextTokens: CONTEXT_TOKENS, kvBytes: sizeBytes * KV_SHARE };
  const contextTokens = Math.min(shape.maxContextTokens ?? CONTEXT_TOKENS, CONTEXT_TOKENS);
  return { layerCount: shape.layerCount + 1, contextTokens, kvBytes: shape.bytesPerToken * contextTokens };
}

/** The part of the model that the GPUs have room for. */
function shareOnGpu(modelBytes: number, freeGpuBytes: number): number {
  const room = Math.max(0, freeGpuBytes - COMPUTE_BYTES);
  return modelBytes <= 0 ? 1 : Math.min(1, room / modelBytes);
}

function verdictOf({ share, isGpuThere, isRamEnough }: { share: number; isGpuThere: boolean; isRamEnough: boolean }): ChoiceFit['verdict'] {
  if (share === 1) return 'fits';
  if (!isRamEnough) return 'no';
  return isGpuThere ? 'partly' : 'fits';
}

function needOf(parts: Omit<ChoiceFit['gpu'], 'totalBytes'>): ChoiceFit['gpu'] {
  const { weightsBytes, kvBytes, computeBytes, overheadBytes } = parts;
  return { ...parts, totalBytes: weightsBytes + kvBytes + computeBytes + overheadBytes };
}

interface KvShape { layerCount: number; bytesPerToken: number; maxContextTokens: number | null }

/** Null for a header that lacks the counts. Heads may be given for each layer. */
function toKvShape(header: GgufHeader): KvShape | null {
  const architecture = getGgufText(header, 'general.architecture') ?? '';
  const get = (key: string): number | null => getGgufNumber(header, `${architecture}.${key}`);
  const layerCount = get('block_count');
  const headCount = get('attention.head_count') ?? 0;
  const headLength = headCount > 0 ? (get('embedding_length') ?? 0) / headCount : 0;
  if (layerCount === null || headLength === 0) return null;
  const kvHeads = sumOfKvHeads(header, architecture) ?? layerCount * headCount;
  const lengths = (get('attention.key_length') ?? headLength) + (get('attention.value_length') ?? headLength);
  return { layerCount, bytesPerToken: kvHeads * lengths * BYTES_PER_F16, maxContextTokens: get('context_length') };
}

/** Over all layers. */
function sumOfKvHeads(header: GgufHeader, architecture: string): number | null {
  const value = header.metadata[`${architecture}.attention.head_count_kv`];
  if (typeof value === 'number') return value * (getGgufNumber(header, `${architecture}.block_count`) ?? 0);
  if (typeof value !== 'object') return null;
  return value.items.reduce<number>((sum, heads) => sum + (typeof heads === 'number' ? heads : 0), 0);
}
