import { getLlama, JinjaTemplateChatWrapper, LlamaLogLevel, resolveChatWrapper, type ChatWrapper, type Llama, type LlamaContext, type LlamaEmbeddingContext, type LlamaModel, type LlamaRankingContext } from 'node-llama-cpp';
import type { EngineConfig } from '../platform/llama/engineProtocol.ts';
import { SlotPool } from './slotPool.ts';

/** A model in memory with what its purpose needs. */
export interface LoadedModel {
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly config: EngineConfig;
  /** Null for a model that embeds or ranks. */
  readonly generation: { readonly context: LlamaContext; readonly slots: SlotPool } | null;
  /** Null for a model without a chat template. */
  readonly chatWrapper: ChatWrapper | null;
  /** Made when it is first asked for, unless embedding is the model's purpose. */
  readonly embedding: () => Promise<LlamaEmbeddingContext>;
  readonly ranking: (() => Promise<LlamaRankingContext>) | null;
}

const quiet: readonly LlamaLogLevel[] = [LlamaLogLevel.debug, LlamaLogLevel.disabled];

/** What one request may take. */
export function readContextTokens({ generation, config }: Pick<LoadedModel, 'generation' | 'config'>): number {
  return generation?.context.contextSize ?? config.contextTokens;
}

/** Loads the model and makes its contexts. What fails throws what llama.cpp says. */
export async function loadModel(config: EngineConfig, on: { progress: (progress: number) => void; log: (level: string, line: string) => void }): Promise<LoadedModel> {
  const llama = await getLlama({
    gpu: config.gpu, build: 'never', skipDownload: true, maxThreads: config.threads, progressLogs: false,
    // llama.cpp then writes to stderr by itself: on its way through JavaScript, some lines of a fast load get lost (node-llama-cpp 3.21.1).
    debug: true, logger: (level, message) => { if (!quiet.includes(level)) for (const line of message.trimEnd().split('\n')) on.log(level, line); },
  });
  const model = await llama.loadModel({
    modelPath: config.modelPath, gpuLayers: config.gpuLayers, ignoreMemorySafetyChecks: true, onLoadProgress: on.progress,
  });
  const generation = config.purpose === 'generate' ? await createGeneration(model, config) : null;
  const shared = { contextSize: config.contextTokens, threads: config.threads, ignoreMemorySafetyChecks: true };
  const embedding = once(() => model.createEmbeddingContext({ ...shared, batchSize: config.purpose === 'embed' ? config.contextTokens : config.batchTokens }));
  const ranking = model.fileInsights.supportsRanking ? once(() => model.createRankingContext({ ...shared, batchSize: config.contextTokens })) : null;
  if (config.purpose === 'embed') await embedding();
  if (config.purpose === 'rerank') await ranking?.();
  return { llama, model, config, generation, chatWrapper: generation && createChatWrapper(model, config), embedding, ranking };
}

async function createGeneration(model: LlamaModel, config: EngineConfig): Promise<{ context: LlamaContext; slots: SlotPool }> {
  const context = await model.createContext({
    contextSize: config.contextTokens, sequences: config.slots, threads: { ideal: config.threads, min: config.threads }, batchSize: config.batchTokens,
    flashAttention: config.flashAttention === 'auto' ? 'auto' : config.flashAttention === 'on',
    experimentalKvCacheKeyType: toGgmlType(config.kvTypeK), experimentalKvCacheValueType: toGgmlType(config.kvTypeV),
    ignoreMemorySafetyChecks: true, failedCreationRemedy: false,
    ...(config.adapters.length > 0 ? { lora: { adapters: config.adapters.map(({ path, scale }) => ({ filePath: path, scale })) } } : {}),
  });
  return { context, slots: new SlotPool(Array.from({ length: config.slots }, () => context.getSequence())) };
}

/** It takes a quarter of a second, so each model has one. */
function createChatWrapper(model: LlamaModel, { chatTemplate }: EngineConfig): ChatWrapper | null {
  if (chatTemplate !== null) return new JinjaTemplateChatWrapper({ template: chatTemplate, tokenizer: model.tokenizer });
  if (model.fileInfo.metadata.tokenizer.chat_template === undefined) return null;
  return resolveChatWrapper(model, { warningLogs: false });
}

const ggmlTypes = { f32: 'F32', f16: 'F16', bf16: 'BF16', q8_0: 'Q8_0', q5_1: 'Q5_1', q5_0: 'Q5_0', q4_1: 'Q4_1', q4_0: 'Q4_0', iq4_nl: 'IQ4_NL' } as const;
const toGgmlType = (type: keyof typeof ggmlTypes): (typeof ggmlTypes)[keyof typeof ggmlTypes] => ggmlTypes[type];

/** Calls once, and again after a failure. */
function once<T>(create: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => made ??= create().catch((error: unknown) => {
    made = null;
    throw error;
  });
}
