import type { Clock } from '../../../../base/clock.ts';
import { JSON_TYPE, type Answer } from '../generation/answer.ts';
import { readDelta } from '../generation/deltas.ts';
import { asNumber, isObject, parseJson, type JsonObject } from '../json.ts';
import type { PortProblem } from '../portError.ts';

interface OllamaOptions { readonly isStream: boolean; readonly style: 'chat' | 'generate'; readonly model: string; readonly clock: Clock }
interface KeptCall { name: string; text: string }

const NANOSECONDS = 1_000_000;

/** Tells a generation in Ollama's words: a line of JSON for each piece, or one object. */
export class OllamaAnswer implements Answer {
  readonly isStream: boolean;
  readonly contentType: string;
  readonly keepAlive = null;
  readonly #options: OllamaOptions;
  readonly #startedMs: number;
  readonly #calls = new Map<number, KeptCall>();
  #firstMs: number | null = null;
  #text = '';
  #thinking = '';
  #finishReason: string | null = null;

  constructor(options: OllamaOptions) {
    this.#options = options;
    this.isStream = options.isStream;
    this.contentType = options.isStream ? 'application/x-ndjson' : JSON_TYPE;
    this.#startedMs = options.clock.monotonicMs();
  }

  open(): string {
    return '';
  }

  add(chunk: JsonObject): string {
    const { text, reasoning, toolCalls, finishReason } = readDelta(chunk);
    this.#finishReason = finishReason ?? this.#finishReason;
    for (const { index, name, text: piece } of toolCalls) {
      const call = this.#calls.get(index) ?? { name: '', text: '' };
      this.#calls.set(index, call);
      call.name += name ?? '';
      call.text += piece;
    }
    this.#text += text;
    this.#thinking += reasoning;
    if (text === '' && reasoning === '') return '';
    this.#firstMs ??= this.#options.clock.monotonicMs();
    return this.isStream ? toLine({ ...this.#describe(), ...this.#toWords(text, reasoning, []), done: false }) : '';
  }

  end(usage: JsonObject): string {
    const calls = Array.from(this.#calls.values(), ({ name, text }) => ({ function: { name, arguments: toArguments(text) } }));
    const called = this.isStream && calls.length > 0 ? toLine({ ...this.#describe(), ...this.#toWords('', '', calls), done: false }) : '';
    const words = this.isStream ? this.#toWords('', '', []) : this.#toWords(this.#text, this.#thinking, calls);
    return called + toLine({ ...this.#describe(), ...words, done: true, done_reason: this.#finishReason === 'length' ? 'length' : 'stop', ...this.#toFigures(usage) });
  }

  fail({ message }: PortProblem): string {
    return this.isStream ? toLine({ error: message }) : '';
  }

  #describe(): JsonObject {
    return { model: this.#options.model, created_at: new Date(this.#options.clock.nowMs()).toISOString() };
  }

  #toWords(text: string, thinking: string, calls: readonly JsonObject[]): JsonObject {
    const thoughts = thinking === '' ? {} : { thinking };
    return this.#options.style === 'generate' ? { response: text, ...thoughts } : { message: { role: 'assistant', content: text, ...thoughts, ...(calls.length > 0 && { tool_calls: calls }) } };
  }

  #toFigures(usage: JsonObject): JsonObject {
    const nowMs = this.#options.clock.monotonicMs();
    const firstMs = this.#firstMs ?? nowMs;
    return {
      total_duration: Math.round((nowMs - this.#startedMs) * NANOSECONDS), load_duration: 0,
      prompt_eval_count: asNumber(usage['prompt_tokens']) ?? 0, prompt_eval_duration: Math.round((firstMs - this.#startedMs) * NANOSECONDS),
      eval_count: asNumber(usage['completion_tokens']) ?? 0, eval_duration: Math.round((nowMs - firstMs) * NANOSECONDS),
    };
  }
}

function toArguments(text: string): JsonObject {
  const value = parseJson(text);
  return isObject(value) ? value : {};
}

function toLine(value: JsonObject): string {
  return `${JSON.stringify(value)}\n`;
}
