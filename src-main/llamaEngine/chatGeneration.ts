import { LlamaChat, type ChatHistoryItem, type ChatModelFunctions, type ChatWrapper, type LlamaGrammar, type LlamaModel, type Token } from 'node-llama-cpp';
import type { Sampling } from './sampling.ts';
import { contextExceeded } from './apiError.ts';
import { prefill } from './prefill.ts';
import type { Slot, SlotPool } from './slotPool.ts';
import type { Generated } from './usage.ts';

/** One piece of an answer. A tool call comes whole. */
export type ChatDelta =
  | { readonly kind: 'content'; readonly text: string }
  | { readonly kind: 'reasoning'; readonly text: string }
  | { readonly kind: 'tool_call'; readonly name: string; readonly arguments: string };

/** One chat prompt, rendered. */
export interface ChatPrompt {
  readonly history: ChatHistoryItem[];
  readonly functions: ChatModelFunctions | undefined;
  readonly wrapper: ChatWrapper;
  readonly tokens: readonly Token[];
}

export interface ChatOptions {
  readonly sampling: Sampling;
  readonly penalties: { penalty: number; frequencyPenalty: number; presencePenalty: number } | null;
  readonly maxTokens: number | null;
  readonly stop: readonly string[];
  readonly grammar: LlamaGrammar | null;
  readonly maxToolCalls: number | null;
  readonly batchTokens: number;
  readonly signal: AbortSignal;
  readonly onDelta: (delta: ChatDelta) => void;
}

/** Renders a history with the model's template. */
export function renderChat(model: LlamaModel, wrapper: ChatWrapper, history: ChatHistoryItem[], functions: ChatModelFunctions | undefined): ChatPrompt {
  const { contextText } = wrapper.generateContextState({ chatHistory: history, ...(functions ? { availableFunctions: functions } : {}) });
  return { history, functions, wrapper, tokens: contextText.tokenize(model.tokenizer) };
}

/**
 * Generates one answer to a chat.
 * @throws ApiError context_length_exceeded; the signal's reason
 */
export async function generateChat(slots: SlotPool, prompt: ChatPrompt, options: ChatOptions): Promise<Generated> {
  const slot = await slots.acquire(prompt.tokens, options.signal);
  try {
    return await generateIn(slot, prompt, options);
  } finally {
    slot.release();
  }
}

async function generateIn({ sequence }: Slot, prompt: ChatPrompt, options: ChatOptions): Promise<Generated> {
  const room = sequence.contextSize - prompt.tokens.length - 2;
  if (room < 1) throw contextExceeded(prompt.tokens.length, sequence.contextSize);
  const { cachedTokens, tookMs } = await prefill(sequence, prompt.tokens, options);
  const meter = sequence.tokenMeter.getState();
  const startedAt = performance.now();
  const chat = new LlamaChat({ contextSequence: sequence, chatWrapper: prompt.wrapper });
  try {
    let calls = 0;
    const onDelta = (delta: ChatDelta): void => {
      if (delta.kind === 'tool_call') calls += 1;
      options.onDelta(delta);
    };
    const maxTokens = Math.min(room, options.maxTokens ?? room);
    const { metadata } = await chat.generateResponse(prompt.history, toGenerateOptions(prompt, { ...options, onDelta }, maxTokens));
    return {
      promptTokens: prompt.tokens.length, cachedTokens, completionTokens: sequence.tokenMeter.diff(meter).usedOutputTokens,
      finishReason: calls > 0 ? 'tool_calls' : metadata.stopReason === 'maxTokens' ? 'length' : 'stop',
      promptMs: tookMs, predictedMs: performance.now() - startedAt,
    };
  } finally {
    chat.dispose({ disposeSequence: false });
  }
}

type GenerateOptions = NonNullable<Parameters<LlamaChat['generateResponse']>[1]>;

function toGenerateOptions(prompt: ChatPrompt, { sampling, penalties, stop, signal, grammar, maxToolCalls, onDelta }: ChatOptions, maxTokens: number): GenerateOptions {
  const common = {
    ...sampling, signal, maxTokens, repeatPenalty: penalties ?? (false as const), customStopTriggers: stop,
    onResponseChunk: ({ type, segmentType, text }: { type?: string | undefined; segmentType?: string | undefined; text: string }) => {
      if (text !== '') onDelta({ kind: type === 'segment' && segmentType === 'thought' ? 'reasoning' : 'content', text });
    },
  };
  if (!prompt.functions) return { ...common, ...(grammar ? { grammar } : {}) };
  return {
    ...common, functions: prompt.functions, ...(maxToolCalls === null ? {} : { maxParallelFunctionCalls: maxToolCalls }),
    onFunctionCall: ({ functionName, params }: { functionName: string; params: unknown }) => {
      onDelta({ kind: 'tool_call', name: functionName, arguments: JSON.stringify(params ?? {}) });
    },
  };
}
