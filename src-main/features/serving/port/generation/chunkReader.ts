import { asNumber, asObject, asObjects, asString, isObject, parseJson, type JsonObject } from '../json.ts';
import { createProblem, PortError } from '../portError.ts';
import { translateStreamError } from '../upstream/engineErrors.ts';
import type { ServerEvent } from '../upstream/serverEvents.ts';
import { RepeatedPiece } from './repeatedPiece.ts';
import { ToolCallIds } from './toolCallIds.ts';
import { UsageSum } from './usageSum.ts';

interface ReaderOptions {
  /** What the engine sends: messages of a chat, or plain text. */
  readonly kind: 'chat' | 'text';
  /** The name that the client used. */
  readonly model: string;
  readonly createId: (prefix: string) => string;
  readonly nowMs: number;
  /** llama.cpp's figures are left in for clients that ask for them. */
  readonly keepsTimings: boolean;
}

interface ChoiceState { hasRole: boolean; finishReason: string | null; hasToolCalls: boolean }

const OBJECTS = { chat: 'chat.completion.chunk', text: 'text_completion' } as const;

/** Makes every engine's pieces alike: OpenAI's fields, our model's name, one role, steady ids, an end for each choice. */
export class ChunkReader {
  readonly #options: ReaderOptions;
  readonly #choices = new Map<number, ChoiceState>();
  readonly #toolCalls: ToolCallIds;
  #id: string | null = null;
  #created: number;
  readonly #repeated: RepeatedPiece;
  readonly #usage = new UsageSum();
  #timings: JsonObject | null = null;
  #pieceCount = 0;
  /** Of the event that is being read. */
  #piecesOfEvent = 1;
  #isDone = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#created = Math.floor(options.nowMs / 1_000);
    this.#toolCalls = new ToolCallIds(() => options.createId('call'));
    this.#repeated = new RepeatedPiece(options.kind === 'chat' ? 'content' : 'text');
  }

  /** The engine said that it has finished. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Pieces of answer so far; engines make one of each token. */
  get pieceCount(): number {
    return this.#pieceCount;
  }

  /** Whether every choice came to its end, so that a missing last word does no harm. */
  get isComplete(): boolean {
    return this.#choices.size > 0 && [...this.#choices.values()].every(({ finishReason }) => finishReason !== null);
  }

  /** Figures as the engine gave them; where it gave none, the pieces are counted. */
  readUsage(): JsonObject {
    const told = this.#usage.toObject();
    const timed = readTimings(this.#timings);
    const prompt = asNumber(told['prompt_tokens']) ?? timed.promptTokens;
    const completion = asNumber(told['completion_tokens']) ?? this.#pieceCount;
    const details = asObject(told['prompt_tokens_details']);
    const cached = asNumber(details['cached_tokens']) ?? timed.cachedTokens;
    return { ...told, prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion, ...(cached !== null && { prompt_tokens_details: { ...details, cached_tokens: cached } }) };
  }

  /**
   * The words of an event that is like the one that `read` returned last but for them, as JSON writes them; null for any
   * other, which `read` takes.
   */
  readWords({ kind, text, pieceCount }: ServerEvent): string | null {
    const words = kind === 'data' && !this.#options.keepsTimings ? this.#repeated.match(text) : null;
    if (words !== null) this.#pieceCount += pieceCount;
    return words;
  }

  /** The piece that an event holds; null when there is nothing to pass on. @throws PortError */
  read({ kind, text, pieceCount }: ServerEvent): JsonObject | null {
    this.#piecesOfEvent = pieceCount;
    if (kind === 'data' && text.trim() === '[DONE]') {
      this.#isDone = true;
      return null;
    }
    const value = parseJson(text);
    if (!isObject(value)) throw new PortError(createProblem(502, 'engine_error', 'The engine sent something that is not an answer.'));
    if (kind === 'error' || value['error'] != null) throw new PortError(translateStreamError(kind === 'error' && value['error'] == null ? { error: value } : value));
    const piece = this.#normalise(value);
    this.#repeated.learn(text, piece === null ? null : readOnlyWords(piece));
    return piece;
  }

  /** The whole answer of an engine that does not stream, as one piece. @throws PortError */
  readWhole(value: unknown): JsonObject | null {
    if (!isObject(value) || !Array.isArray(value['choices'])) throw new PortError(createProblem(502, 'engine_error', 'The engine sent something that is not an answer.'));
    this.#isDone = true;
    const choices = asObjects(value['choices']).map(({ message, ...choice }) => (message === undefined ? choice : { ...choice, delta: message }));
    return this.#normalise({ ...value, choices });
  }

  /** Ends the choices that the engine left open; null when there are none. */
  readEnd(): JsonObject | null {
    const open = [...this.#choices].filter(([, { finishReason }]) => finishReason === null);
    if (open.length === 0) return null;
    return this.#frame({}, open.map(([index, state]) => {
      state.finishReason = state.hasToolCalls ? 'tool_calls' : 'stop';
      return { index, ...(this.#options.kind === 'chat' ? { delta: {} } : { text: '' }), logprobs: null, finish_reason: state.finishReason };
    }));
  }

  #normalise({ usage, timings, __verbose: _verbose, choices, ...rest }: JsonObject): JsonObject | null {
    if (isObject(usage)) this.#usage.add(usage, asObjects(choices).map((choice) => asNumber(choice['index']) ?? 0));
    if (isObject(timings)) this.#timings = timings;
    const normalised = asObjects(choices).map((choice) => this.#normaliseChoice(choice));
    if (normalised.length === 0) return null;
    return this.#frame({ ...rest, ...(this.#options.keepsTimings && this.#toTimings(timings)) }, normalised);
  }

  /** An event of several pieces says at least how many there are by now. */
  #toTimings(timings: unknown): JsonObject {
    if (isObject(timings)) return { timings };
    return this.#piecesOfEvent > 1 ? { timings: { predicted_n: this.#pieceCount } } : {};
  }

  #frame(rest: JsonObject, choices: JsonObject[]): JsonObject {
    this.#id ??= asString(rest['id']) ?? this.#options.createId(this.#options.kind === 'chat' ? 'chatcmpl' : 'cmpl');
    return { ...rest, id: this.#id, object: OBJECTS[this.#options.kind], created: this.#created, model: this.#options.model, choices };
  }

  #normaliseChoice(choice: JsonObject): JsonObject {
    const index = asNumber(choice['index']) ?? 0;
    const state = this.#choices.get(index) ?? { hasRole: false, finishReason: null, hasToolCalls: false };
    this.#choices.set(index, state);
    const content = this.#options.kind === 'chat' ? { delta: this.#normaliseDelta(asObject(choice['delta']), index, state) } : this.#readText(choice);
    const told = asString(choice['finish_reason']);
    if (told === null) return { ...choice, ...content, index, finish_reason: null };
    state.finishReason = state.hasToolCalls && told === 'stop' ? 'tool_calls' : told;
    return { ...choice, ...content, index, finish_reason: state.finishReason };
  }

  #readText(choice: JsonObject): { text: string } {
    const text = asString(choice['text']) ?? '';
    if (text !== '') this.#pieceCount += this.#piecesOfEvent;
    return { text };
  }

  #normaliseDelta(delta: JsonObject, choice: number, state: ChoiceState): JsonObject {
    const { role, tool_calls: calls, reasoning, ...rest } = delta;
    const toolCalls = asObjects(calls).map((call, position) => this.#toolCalls.normalise(call, choice, position));
    const thinking = asString(rest['reasoning_content']) ?? asString(reasoning);
    state.hasToolCalls ||= toolCalls.length > 0;
    if (toolCalls.length > 0 || [rest['content'], thinking, rest['refusal']].some(hasText)) this.#pieceCount += this.#piecesOfEvent;
    const isFirst = !state.hasRole;
    state.hasRole = true;
    return {
      ...(isFirst && { role: asString(role) ?? 'assistant' }), ...rest,
      ...(thinking !== null && { reasoning_content: thinking }), ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
    };
  }
}

/** llama.cpp counts the part of the prompt that it had already read apart from the rest. */
function readTimings(timings: JsonObject | null): { promptTokens: number; cachedTokens: number | null } {
  const cachedTokens = asNumber(timings?.['cache_n']);
  return { promptTokens: (asNumber(timings?.['prompt_n']) ?? 0) + (cachedTokens ?? 0), cachedTokens };
}

/** What a piece says that says nothing else: not its beginning, no end, no tool call. */
function readOnlyWords({ choices }: JsonObject): string | null {
  const [choice, ...others] = asObjects(choices);
  if (choice === undefined || others.length > 0 || choice['finish_reason'] !== null) return null;
  const { delta } = choice;
  if (!isObject(delta)) return asString(choice['text']);
  return Object.keys(delta).length === 1 ? asString(delta['content']) : null;
}

function hasText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
