import { COMMENT, EVENT_STREAM, JSON_TYPE, type Answer } from '../generation/answer.ts';
import { readDelta, type ToolCallDelta } from '../generation/deltas.ts';
import { asNumber, asObject, asString, type JsonObject } from '../json.ts';
import type { PortProblem } from '../portError.ts';
import { ResponseItem } from './responseItem.ts';

interface AnswerOptions {
  readonly isStream: boolean;
  /** Every field of the response but those that come of the answer. */
  readonly base: JsonObject;
  readonly createId: (prefix: string) => string;
  /** Called with the response at its end, whatever it ended of. */
  readonly onDone: (response: JsonObject, items: readonly JsonObject[]) => void;
}

/** Tells a chat in the words of OpenAI's Responses API: as its numbered events, or in one piece. */
export class ResponsesAnswer implements Answer {
  readonly isStream: boolean;
  readonly contentType: string;
  readonly keepAlive: string | null;
  readonly #options: AnswerOptions;
  readonly #items: ResponseItem[] = [];
  readonly #calls = new Map<number, ResponseItem>();
  #current: ResponseItem | null = null;
  #sequence = 0;
  #finishReason: string | null = null;

  constructor(options: AnswerOptions) {
    this.#options = options;
    this.isStream = options.isStream;
    this.contentType = options.isStream ? EVENT_STREAM : JSON_TYPE;
    this.keepAlive = options.isStream ? COMMENT : null;
  }

  open(): string {
    const response = this.#describe('in_progress', null);
    return this.#tell([{ type: 'response.created', response }, { type: 'response.in_progress', response }]);
  }

  add(chunk: JsonObject): string {
    const { reasoning, text, toolCalls, finishReason } = readDelta(chunk);
    this.#finishReason = finishReason ?? this.#finishReason;
    return [
      reasoning === '' ? '' : this.#addTo('reasoning', reasoning), text === '' ? '' : this.#addTo('message', text), ...toolCalls.map((call) => this.#addCall(call)),
    ].join('');
  }

  end(usage: JsonObject): string {
    const closed = this.#closeCurrent();
    const isCut = this.#finishReason === 'length';
    const response = this.#describe(isCut ? 'incomplete' : 'completed', toUsage(usage));
    this.#options.onDone(response, this.#items.map((item) => item.describe('completed')));
    return this.isStream ? closed + this.#tell([{ type: isCut ? 'response.incomplete' : 'response.completed', response }]) : JSON.stringify(response);
  }

  fail({ code, message }: PortProblem): string {
    const response = { ...this.#describe('failed', null), error: { code: code ?? 'server_error', message } };
    // What was said until then is known by its ids: clients go on from there.
    this.#options.onDone(response, this.#items.map((item) => item.describe('completed')));
    return this.#tell([{ type: 'response.failed', response }]);
  }

  #addTo(kind: 'reasoning' | 'message', text: string): string {
    const opened = this.#current?.kind === kind ? '' : this.#openItem(new ResponseItem({ kind, id: this.#options.createId(kind === 'reasoning' ? 'rs' : 'msg'), outputIndex: this.#items.length }));
    return opened + this.#tell(this.#current?.add(text) ?? []);
  }

  #addCall({ index, id, name, text }: ToolCallDelta): string {
    const known = this.#calls.get(index);
    const item = known ?? new ResponseItem({ kind: 'function_call', id: this.#options.createId('fc'), outputIndex: this.#items.length, call: { callId: id ?? '', name: name ?? '' } });
    this.#calls.set(index, item);
    const opened = known === undefined ? this.#openItem(item) : '';
    return text === '' ? opened : opened + this.#tell(item.add(text));
  }

  #openItem(item: ResponseItem): string {
    const closed = this.#closeCurrent();
    this.#items.push(item);
    this.#current = item;
    return closed + this.#tell(item.open());
  }

  #closeCurrent(): string {
    const item = this.#current;
    this.#current = null;
    return item === null ? '' : this.#tell(item.close());
  }

  #describe(status: string, usage: JsonObject | null): JsonObject {
    const output = status === 'in_progress' ? [] : this.#items.map((item) => item.describe(status === 'incomplete' && item === this.#items.at(-1) ? 'incomplete' : 'completed'));
    return { ...this.#options.base, status, output, usage, error: null, incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null };
  }

  #tell(events: readonly JsonObject[]): string {
    if (!this.isStream) return '';
    return events.map((event) => `event: ${asString(event['type']) ?? ''}\ndata: ${JSON.stringify({ ...event, sequence_number: this.#sequence++ })}\n\n`).join('');
  }
}

function toUsage(usage: JsonObject): JsonObject {
  const [input, output] = [asNumber(usage['prompt_tokens']) ?? 0, asNumber(usage['completion_tokens']) ?? 0];
  return {
    input_tokens: input, input_tokens_details: { cached_tokens: asNumber(asObject(usage['prompt_tokens_details'])['cached_tokens']) ?? 0 },
    output_tokens: output, output_tokens_details: { reasoning_tokens: asNumber(asObject(usage['completion_tokens_details'])['reasoning_tokens']) ?? 0 }, total_tokens: input + output,
  };
}
