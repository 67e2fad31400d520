import { EVENT_STREAM, JSON_TYPE, type Answer } from '../generation/answer.ts';
import { readDelta, type Delta, type ToolCallDelta } from '../generation/deltas.ts';
import { toErrorBody } from '../errorBodies.ts';
import { asNumber, asObject, asString, isObject, parseJson, type JsonObject } from '../json.ts';
import type { PortProblem } from '../portError.ts';

type Block =
  | { type: 'text'; text: string }
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'tool_use'; id: string; name: string; text: string };

const STOP_REASONS: Readonly<Record<string, string>> = { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use', content_filter: 'refusal' };

/** Tells a chat in the words of Anthropic's Messages API: as its events, or in one piece. */
export class MessagesAnswer implements Answer {
  readonly isStream: boolean;
  readonly contentType: string;
  readonly keepAlive: string | null;
  readonly #message: { readonly id: string; readonly model: string };
  readonly #blocks: Block[] = [];
  readonly #calls = new Map<number, number>();
  #open: number | null = null;
  #finishReason: string | null = null;

  constructor({ isStream, id, model }: { isStream: boolean; id: string; model: string }) {
    this.isStream = isStream;
    this.contentType = isStream ? EVENT_STREAM : JSON_TYPE;
    this.keepAlive = isStream ? toEvent({ type: 'ping' }) : null;
    this.#message = { id, model };
  }

  open(): string {
    return this.#tell({ type: 'message_start', message: { ...this.#describe(), content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: 0, output_tokens: 0 } } });
  }

  add(chunk: JsonObject): string {
    const delta = readDelta(chunk);
    this.#finishReason = delta.finishReason ?? this.#finishReason;
    return [this.#addThinking(delta), this.#addText(delta), ...delta.toolCalls.map((call) => this.#addCall(call))].join('');
  }

  end(usage: JsonObject): string {
    const told = toUsage(usage);
    const stop = { stop_reason: STOP_REASONS[this.#finishReason ?? 'stop'] ?? 'end_turn', stop_sequence: null };
    if (!this.isStream) return JSON.stringify({ ...this.#describe(), content: this.#blocks.map(toBlock), ...stop, usage: told });
    return [this.#closeBlock(), toEvent({ type: 'message_delta', delta: stop, usage: told }), toEvent({ type: 'message_stop' })].join('');
  }

  fail(problem: PortProblem): string {
    return this.#tell(toErrorBody(problem, 'anthropic', this.#message.id));
  }

  #describe(): JsonObject {
    return { id: this.#message.id, type: 'message', role: 'assistant', model: this.#message.model };
  }

  #addThinking({ reasoning }: Delta): string {
    if (reasoning === '') return '';
    const opened = this.#current('thinking') === null ? this.#openBlock({ type: 'thinking', thinking: '', signature: '' }) : '';
    const block = this.#current('thinking');
    if (block?.type === 'thinking') block.thinking += reasoning;
    return opened + this.#tell({ type: 'content_block_delta', index: this.#open, delta: { type: 'thinking_delta', thinking: reasoning } });
  }

  #addText({ text }: Delta): string {
    if (text === '') return '';
    const opened = this.#current('text') === null ? this.#openBlock({ type: 'text', text: '' }) : '';
    const block = this.#current('text');
    if (block?.type === 'text') block.text += text;
    return opened + this.#tell({ type: 'content_block_delta', index: this.#open, delta: { type: 'text_delta', text } });
  }

  #addCall({ index, id, name, text }: ToolCallDelta): string {
    const known = this.#calls.get(index);
    const opened = known === undefined ? this.#openBlock({ type: 'tool_use', id: id ?? '', name: name ?? '', text: '' }) : '';
    const place = known ?? this.#blocks.length - 1;
    this.#calls.set(index, place);
    const block = this.#blocks[place];
    if (block?.type === 'tool_use') block.text += text;
    return text === '' ? opened : opened + this.#tell({ type: 'content_block_delta', index: place, delta: { type: 'input_json_delta', partial_json: text } });
  }

  #current(type: Block['type']): Block | null {
    const block = this.#open === null ? undefined : this.#blocks[this.#open];
    return block?.type === type ? block : null;
  }

  #openBlock(block: Block): string {
    const closed = this.#closeBlock();
    this.#blocks.push(block);
    this.#open = this.#blocks.length - 1;
    return closed + this.#tell({ type: 'content_block_start', index: this.#open, content_block: toBlock(block) });
  }

  #closeBlock(): string {
    if (this.#open === null) return '';
    const index = this.#open;
    const signed = this.#blocks[index]?.type === 'thinking' ? this.#tell({ type: 'content_block_delta', index, delta: { type: 'signature_delta', signature: 'local' } }) : '';
    this.#open = null;
    return signed + this.#tell({ type: 'content_block_stop', index });
  }

  #tell(event: JsonObject): string {
    return this.isStream ? toEvent(event) : '';
  }
}

function toBlock(block: Block): JsonObject {
  if (block.type !== 'tool_use') return block.type === 'thinking' ? { ...block, signature: block.thinking === '' ? '' : 'local' } : { ...block };
  const input = parseJson(block.text);
  return { type: 'tool_use', id: block.id, name: block.name, input: isObject(input) ? input : {} };
}

/** What was read from the cache is counted apart there. */
function toUsage(usage: JsonObject): JsonObject {
  const cached = asNumber(asObject(usage['prompt_tokens_details'])['cached_tokens']) ?? 0;
  return { input_tokens: (asNumber(usage['prompt_tokens']) ?? 0) - cached, output_tokens: asNumber(usage['completion_tokens']) ?? 0, cache_creation_input_tokens: 0, cache_read_input_tokens: cached };
}

function toEvent(event: JsonObject): string {
  return `event: ${asString(event['type']) ?? 'message'}\ndata: ${JSON.stringify(event)}\n\n`;
}
