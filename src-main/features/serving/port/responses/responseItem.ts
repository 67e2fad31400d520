import type { JsonObject } from '../json.ts';

type ItemKind = 'message' | 'reasoning' | 'function_call';
interface ItemOptions { readonly kind: ItemKind; readonly id: string; readonly outputIndex: number; readonly call?: { readonly callId: string; readonly name: string } }

/** One item of a response's output, with the events of its life. */
export class ResponseItem {
  readonly kind: ItemKind;
  readonly #options: ItemOptions;
  #text = '';

  constructor(options: ItemOptions) {
    this.kind = options.kind;
    this.#options = options;
  }

  describe(status: 'in_progress' | 'completed' | 'incomplete'): JsonObject {
    const { id, call } = this.#options;
    switch (this.kind) {
      case 'message': return { id, type: 'message', status, role: 'assistant', content: status === 'in_progress' ? [] : [this.#part()] };
      case 'reasoning': return { id, type: 'reasoning', status, summary: [], content: status === 'in_progress' ? [] : [this.#part()] };
      case 'function_call': return { id, type: 'function_call', status, call_id: call?.callId ?? '', name: call?.name ?? '', arguments: this.#text };
    }
  }

  open(): JsonObject[] {
    const added = { type: 'response.output_item.added', output_index: this.#options.outputIndex, item: this.describe('in_progress') };
    return this.kind === 'function_call' ? [added] : [added, { type: 'response.content_part.added', ...this.#place(), part: this.#part() }];
  }

  add(delta: string): JsonObject[] {
    this.#text += delta;
    return [{ type: `${this.#words()}.delta`, ...this.#place(), delta, ...(this.kind === 'message' && { logprobs: [] }) }];
  }

  close(): JsonObject[] {
    const done = { type: 'response.output_item.done', output_index: this.#options.outputIndex, item: this.describe('completed') };
    if (this.kind === 'function_call') return [{ type: `${this.#words()}.done`, ...this.#place(), name: this.#options.call?.name ?? '', arguments: this.#text }, done];
    return [{ type: `${this.#words()}.done`, ...this.#place(), text: this.#text, ...(this.kind === 'message' && { logprobs: [] }) }, { type: 'response.content_part.done', ...this.#place(), part: this.#part() }, done];
  }

  #part(): JsonObject {
    return this.kind === 'message' ? { type: 'output_text', text: this.#text, annotations: [], logprobs: [] } : { type: 'reasoning_text', text: this.#text };
  }

  #place(): JsonObject {
    return { item_id: this.#options.id, output_index: this.#options.outputIndex, ...(this.kind !== 'function_call' && { content_index: 0 }) };
  }

  #words(): string {
    return { message: 'response.output_text', reasoning: 'response.reasoning_text', function_call: 'response.function_call_arguments' }[this.kind];
  }
}
