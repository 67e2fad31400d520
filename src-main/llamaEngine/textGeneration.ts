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

/** How one answer is generated, to a chat or to a text. */
export interface GenerationOptions {
  readonly sampling: Sampling;
  readonly penalties: { penalty: number; frequencyPenalty: number; presencePenalty: number } | null;
  readonly maxTokens: number | null;
  readonly stop: readonly string[];
  readonly grammar: LlamaGrammar | null;
  /** How many of the likeliest tokens to tell for each; null tells none and is faster. */
  readonly topChances: number | null;
  /** Whether the answer goes on where the model would end it. What a grammar or a call's format ends still ends. */
  readonly isEndIgnored: boolean;
  readonly batchTokens: number;
  readonly signal: AbortSignal;
}

export interface TextOptions extends GenerationOptions {
  /** Ends the answer early as if the model had ended it. */
  readonly enough?: AbortSignal;
  /** Whether special tokens are told as their text. */
  readonly hasSpecialText?: boolean;
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
    return await generateTextIn(model, slot, tokens, options);
  } finally {
    slot.release();
  }
}

/** The same in a slot that the caller holds. */
export async function generateTextIn(model: LlamaModel, { sequence }: Slot, tokens: readonly Token[], options: TextOptions): Promise<Generated> {
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
  const flow = new TextFlow(model, tokens, options);
  for await (const step of evaluate(model, sequence, { last: tokens.slice(-1), made: flow.made }, options)) {
    options.signal.throwIfAborted();
    const finishReason = flow.take(step);
    if (finishReason) return { completionTokens: flow.made.length, finishReason };
  }
  return { completionTokens: flow.made.length, finishReason: 'length' };
}

/** The way of an answer's tokens into text that may go out. */
class TextFlow {
  readonly made: Token[] = [];
  readonly #model: LlamaModel;
  readonly #options: TextOptions & { maxTokens: number };
  readonly #pieces: TextPieces;
  readonly #scanner: StopScanner;
  #chances: TokenChance[] = [];

  constructor(model: LlamaModel, promptTokens: readonly Token[], options: TextOptions & { maxTokens: number }) {
    this.#model = model;
    this.#options = options;
    this.#pieces = new TextPieces(model, promptTokens, options.hasSpecialText ?? false);
    this.#scanner = new StopScanner(options.stop);
  }

  /** Takes one token; says why the answer ends with it, null when it goes on. */
  take({ token, probabilities }: Step): 'stop' | 'length' | null {
    this.made.push(token);
    if (this.#model.isEogToken(token)) {
      this.#tell(this.#scanner.flush());
      return 'stop';
    }
    if (probabilities) this.#chances.push(toChance(token, probabilities, this.#options.topChances ?? 0));
    const { text, isStopped } = this.#scanner.take(this.#pieces.take(token));
    if (text !== '' || isStopped) this.#tell(text);
    if (isStopped || this.#options.enough?.aborted) return 'stop';
    if (this.made.length < this.#options.maxTokens) return null;
    this.#tellRest();
    return 'length';
  }

  #tellRest(): void {
    const { text, isStopped } = this.#scanner.take(this.#pieces.flush());
    this.#tell(isStopped ? text : text + this.#scanner.flush());
  }

  #tell(text: string): void {
    if (text !== '' || this.#chances.length > 0) this.#options.onText(text, this.#chances);
    this.#chances = [];
  }
}

type Step = { token: Token; probabilities?: Map<Token, number> };

async function* evaluate(model: LlamaModel, sequence: LlamaContextSequence, { last, made }: { last: Token[]; made: readonly Token[] }, { sampling, penalties, grammar, topChances, isEndIgnored }: TextOptions): AsyncGenerator<Step> {
  const state = grammar && new LlamaGrammarEvaluationState({ model, grammar });
  const options: SequenceEvaluateOptions = {
    ...sampling, yieldEogToken: true,
    ...(state ? { grammarEvaluationState: state } : {}),
    ...(penalties ? { repeatPenalty: { ...penalties, punishTokens: () => made.slice(-PENALTY_TOKENS), maxPunishTokens: PENALTY_TOKENS } } : {}),
  };
  const steps = sequence.evaluateWithMetadata(last, { probabilities: topChances !== null }, options);
  yield* isEndIgnored && !grammar ? withoutEnd(model, steps) : steps;
}

/** node-llama-cpp lets nobody forbid the tokens that end an answer (3.21.1), so a new line takes their place. */
async function* withoutEnd(model: LlamaModel, steps: AsyncGenerator<Step, void, Token | undefined>): AsyncGenerator<Step> {
  const newLine = model.tokens.nl ?? model.tokenize('\n').at(-1);
  try {
    for (let next = await steps.next(); next.done !== true;) {
      const token = newLine !== undefined && model.isEogToken(next.value.token) ? newLine : next.value.token;
      yield { ...next.value, token };
      next = await steps.next(token);
    }
  } finally {
    await steps.return();
  }
}

function toChance(token: Token, probabilities: ReadonlyMap<Token, number>, top: number): TokenChance {
  const toLogprob = (probability: number): number => Math.log(Math.max(probability, 1e-30));
  return {
    token, logprob: toLogprob(probabilities.get(token) ?? 0),
    top: [...probabilities.entries().take(top)].map(([other, probability]) => ({ token: other, logprob: toLogprob(probability) })),
  };
}
