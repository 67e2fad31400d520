import { LlamaChat } from 'node-llama-cpp';
import { contextExceeded } from './apiError.ts';
import type { ChatOptions } from './chatOptions.ts';
import type { ChatDelta } from './chatParser.ts';
import type { ChatPrompt } from './chatPrompt.ts';
import { prefill } from './prefill.ts';
import type { Slot } from './slotPool.ts';
import type { Generated } from './usage.ts';

/** Generates one answer whose format node-llama-cpp steers: by grammar within tool calls, by marks of its own between parts. */
export async function generateSteered({ sequence }: Slot, prompt: ChatPrompt, options: ChatOptions): Promise<Generated> {
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
