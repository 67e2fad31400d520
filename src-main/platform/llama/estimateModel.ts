import { getLlama, GgmlType, GgufInsights, LlamaLogLevel, readGgufFileInfo, type Llama } from 'node-llama-cpp';
import type { EstimateQuestion, EstimateStep, GgufEstimate } from './estimateProtocol.ts';
import { countCacheCells, toCacheSplit } from './kvCacheSize.ts';

const ggmlTypes = { f32: GgmlType.F32, f16: GgmlType.F16, bf16: GgmlType.BF16, q8_0: GgmlType.Q8_0, q5_1: GgmlType.Q5_1, q5_0: GgmlType.Q5_0, q4_1: GgmlType.Q4_1, q4_0: GgmlType.Q4_0, iq4_nl: GgmlType.IQ4_NL } as const;
const USUAL_CONTEXT = 8_192;
/** With layers on a GPU the host keeps room for the inputs of one batch and their copies. */
const HOST_BUFFERS = 2;
const BYTES_PER_FLOAT = 4;

let llama: Promise<Llama> | null = null;

/** The processor alone: nothing of a GPU is touched by an estimate. */
function openLlama(): Promise<Llama> {
  return llama ??= getLlama({ gpu: false, build: 'never', skipDownload: true, maxThreads: 1, progressLogs: false, logLevel: LlamaLogLevel.error });
}

/** Reads a model's header and tells what it takes; weights are not read. @throws what the header's reader says */
export async function estimateModel(question: EstimateQuestion): Promise<GgufEstimate> {
  const info = await readGgufFileInfo(question.path, { sourceType: 'filesystem', logWarnings: false });
  const insights = await GgufInsights.from(info, await openLlama());
  const layerCount = insights.totalLayers;
  const maxContextTokens = insights.trainContextSize ?? null;
  const contextTokens = question.contextTokens ?? Math.min(USUAL_CONTEXT, maxContextTokens ?? USUAL_CONTEXT);
  const contextBytes = await readContextBytes(insights, question, contextTokens);
  const steps: EstimateStep[] = [];
  for (const gpuLayers of question.gpuLayers ?? Array.from({ length: layerCount + 1 }, (_, layers) => layers)) {
    const layers = Math.min(gpuLayers, layerCount);
    const weights = await insights.estimateModelResourceRequirementsV2({ gpuLayers: layers });
    const kvBytes = readCache(insights, question, { contextTokens, gpuLayers: layers });
    const compute = Math.max(0, contextBytes - kvBytes.gpu - kvBytes.cpu);
    steps.push({ gpuLayers: layers, weightsBytes: { gpu: weights.gpuVram, cpu: weights.cpuRam }, kvBytes, computeBytes: splitCompute(compute, insights, question, layers) });
  }
  return { steps, layerCount, contextTokens, maxContextTokens };
}

/** llama.cpp is asked to lay everything out without taking it: cache, compute and output buffers together. */
async function readContextBytes(insights: GgufInsights, question: EstimateQuestion, contextTokens: number): Promise<number> {
  const { cpuRam, gpuVram } = await insights.estimateContextResourceRequirementsV2({
    contextSize: contextTokens, modelGpuLayers: 0, sequences: question.slots, batchSize: toBatchTokens(question, contextTokens), isEmbeddingContext: question.isEmbedding,
    flashAttention: question.flashAttention === 'auto' ? 'auto' : question.flashAttention === 'on',
    kvCacheKeyType: ggmlTypes[question.kvTypeK], kvCacheValueType: ggmlTypes[question.kvTypeV],
  });
  return cpuRam + gpuVram;
}

const toBatchTokens = ({ batchTokens, isEmbedding }: EstimateQuestion, contextTokens: number): number => Math.min(isEmbedding ? Math.max(batchTokens, contextTokens) : batchTokens, contextTokens);

/** Exact for models that attend to everything; those with windows, states or other caches go by node-llama-cpp's reckoning. */
function readCache(insights: GgufInsights, question: EstimateQuestion, { contextTokens, gpuLayers }: { contextTokens: number; gpuLayers: number }): { gpu: number; cpu: number } {
  const isPlain = insights.swaSize === undefined && !insights.isRecurrent && !insights.isHybrid;
  const split = isPlain ? toCacheSplit(insights.ggufFileInfo.architectureMetadata, { cells: countCacheCells(contextTokens, question.slots), kvTypeK: question.kvTypeK, kvTypeV: question.kvTypeV, gpuLayers }) : null;
  if (split) return split;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the newer one does not tell the cache from the rest
  const { gpuVram, cpuRam } = insights.estimateContextResourceRequirements({
    contextSize: contextTokens, modelGpuLayers: gpuLayers, sequences: question.slots, batchSize: toBatchTokens(question, contextTokens), includeGraphOverhead: false,
    flashAttention: question.flashAttention !== 'off', kvCacheKeyType: ggmlTypes[question.kvTypeK], kvCacheValueType: ggmlTypes[question.kvTypeV],
  });
  return { gpu: gpuVram, cpu: cpuRam };
}

/** The graph runs where the layers are: on both sides when some are in RAM. */
function splitCompute(bytes: number, insights: GgufInsights, question: EstimateQuestion, gpuLayers: number): { gpu: number; cpu: number } {
  if (gpuLayers === 0) return { gpu: 0, cpu: bytes };
  const inputs = HOST_BUFFERS * BYTES_PER_FLOAT * question.batchTokens * (insights.embeddingVectorSize ?? 0);
  return { gpu: bytes, cpu: gpuLayers < insights.totalLayers ? Math.max(bytes / 2, inputs) : Math.min(bytes, inputs) };
}
