import { LlamaGrammarEvaluationState, type LlamaContextSequence, type LlamaGrammar, type LlamaModel, type SequenceEvaluateOptions, type Token } from 'node-llama-cpp';
import { contextExceeded } from './apiError.ts';
import { prefill } from './prefill.ts';
import type { Sampling } from './sampling.ts';
import type { Slot, SlotPool } from './slotPool.ts';
import { StopScanner } from './stopScanner.ts';
import { TextPieces } from './textPieces.ts';
import type { Generated } from './usage.ts';

/** One generated token with its chances, where they were asked for. */
export interface TokenChance { readonly token: Token; readonly logprob: number; readonly top: readonly { token: Token; logprob: number }[] }

export interface TextOptions {
  readonly sampling: Sampling;
  readonly penalties: { penalty: number; frequencyPenalty: number; presencePenalty: number } | null;
  readonly maxTokens: number | null;
  readonly stop: readonly string[];
  readonly grammar: LlamaGrammar | null;
  /** How many of the likeliest tokens to tell for each; null tells none and is faster. */
  readonly topChances: number | null;
  readonly batchTokens: number;
  readonly signal: AbortSignal;
  readonly onText: (text: string, chances: readonly TokenChance[]) => void;
}

const PENALTY_TOKENS = 64;

/**
 * Continues tokens as they are.
 * @throws ApiError context_length_exceeded; the signal's reason
 */
export async function generateText(model: LlamaModel, slots: SlotPool, tokens: readonly Token[], options: TextOptions): Promise<Generated> {
  const slot = await slots.acquire(tokens, options.signal);
  try {
    return await generateIn(model, slot, tokens, options);
  } finally {
    slot.release();
  }
}

async function generateIn(model: LlamaModel, { sequence }: Slot, tokens: readonly Token[], options: TextOptions): Promise<Generated> {
  const room = sequence.contextSize - tokens.length - 1;
  if (room < 1) throw contextExceeded(tokens.length, sequence.contextSize);
  const { cachedTokens, tookMs } = await prefill(sequence, tokens, options);
  const startedAt = performance.now();
  const maxTokens = Math.min(room, options.maxTokens ?? room);
  const { completionTokens, finishReason } = maxTokens > 0
    ? await continueFrom(model, sequence, tokens, { ...options, maxTokens })
    : { completionTokens: 0, finishReason: 'length' as const };
  return { promptTokens: tokens.length, cachedTokens, completionTokens, finishReason, promptMs: tookMs, predictedMs: performance.now() - startedAt };
}

async function continueFrom(model: LlamaModel, sequence: LlamaContextSequence, tokens: readonly Token[], options: TextOptions & { maxTokens: number }): Promise<Pick<Generated, 'completionTokens' | 'finishReason'>> {
  const pieces = new TextPieces(model, tokens);
  const scanner = new StopScanner(options.stop);
  const made: Token[] = [];
  let chances: TokenChance[] = [];
  const emit = (text: string): void => {
    if (text !== '' || chances.length > 0) options.onText(text, chances);
    chances = [];
  };
  for await (const { token, probabilities } of evaluate(model, sequence, { last: tokens.slice(-1), made }, options)) {
    options.signal.throwIfAborted();
    made.push(token);
    if (model.isEogToken(token)) {
      emit(scanner.flush());
      return { completionTokens: made.length, finishReason: 'stop' };
    }
    if (probabilities) chances.push(toChance(token, probabilities, options.topChances ?? 0));
    const { text, isStopped } = scanner.take(pieces.take(token));
    if (text !== '' || isStopped) emit(text);
    if (isStopped) return { completionTokens: made.length, finishReason: 'stop' };
    if (made.length >= options.maxTokens) break;
  }
  const rest = scanner.take(pieces.flush());
  emit(rest.isStopped ? rest.text : rest.text + scanner.flush());
  return { completionTokens: made.length, finishReason: 'length' };
}

type Step = { token: Token; probabilities?: Map<Token, number> };

async function* evaluate(model: LlamaModel, sequence: LlamaContextSequence, { last, made }: { last: Token[]; made: readonly Token[] }, { sampling, penalties, grammar, topChances }: TextOptions): AsyncGenerator<Step> {
  const state = grammar && new LlamaGrammarEvaluationState({ model, grammar });
  const options: SequenceEvaluateOptions = {
    ...sampling, yieldEogToken: true,
    ...(state ? { grammarEvaluationState: state } : {}),
    ...(penalties ? { repeatPenalty: { ...penalties, punishTokens: () => made.slice(-PENALTY_TOKENS), maxPunishTokens: PENALTY_TOKENS } } : {}),
  };
  if (topChances !== null) {
    yield* sequence.evaluateWithMetadata(last, { probabilities: true }, options);
    return;
  }
  for await (const token of sequence.evaluate(last, options)) yield { token };
}

function toChance(token: Token, probabilities: ReadonlyMap<Token, number>, top: number): TokenChance {
  const toLogprob = (probability: number): number => Math.log(Math.max(probability, 1e-30));
  return {
    token, logprob: toLogprob(probabilities.get(token) ?? 0),
    top: [...probabilities.entries().take(top)].map(([other, probability]) => ({ token: other, logprob: toLogprob(probability) })),
  };
}
