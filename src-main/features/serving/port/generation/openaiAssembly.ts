import { invariant } from '../../../../base/invariant.ts';
import { asNumber, asObject, asObjects, asString, isObject, type JsonObject } from '../json.ts';
import { createProblem, PortError } from '../portError.ts';
import { JSON_TYPE, type Answer } from './answer.ts';

interface AssembledCall { id: unknown; name: string; arguments: string }
interface AssembledChoice { content: string; hasContent: boolean; reasoning: string; refusal: string; calls: Map<number, AssembledCall>; logprobs: JsonObject | null; finishReason: string | null }

/** More than any client has a use for; an engine that never ends would fill the memory. */
const MAX_LETTERS = 64 * 1024 * 1024;
const OBJECTS = { chat: 'chat.completion', text: 'text_completion' } as const;

/** Puts the pieces of a stream together to the answer of a request that did not ask for a stream. */
export class OpenAiAssembly implements Answer {
  readonly isStream = false;
  readonly contentType = JSON_TYPE;
  readonly keepAlive = null;
  readonly #kind: 'chat' | 'text';
  readonly #choices = new Map<number, AssembledChoice>();
  #rest: JsonObject = {};
  #letterCount = 0;
  #last: AssembledChoice | null = null;

  constructor(kind: 'chat' | 'text') {
    this.#kind = kind;
  }

  open(): string {
    return '';
  }

  /** @throws PortError when the answer has no end */
  add({ choices, ...rest }: JsonObject): string {
    this.#rest = { ...this.#rest, ...rest };
    for (const choice of asObjects(choices)) this.#addChoice(choice);
    this.#requireEnd();
    return '';
  }

  /** @throws PortError when the answer has no end */
  addWords(words: string): string {
    invariant(this.#last !== null, 'words repeat a piece that was added');
    this.#last.content += words.includes('\\') ? JSON.parse(`"${words}"`) as string : words;
    this.#letterCount += words.length;
    this.#requireEnd();
    return '';
  }

  /** The assembled object. */
  toObject(usage: JsonObject): JsonObject {
    const choices = [...this.#choices].toSorted(([a], [b]) => a - b).map(([index, choice]) => ({
      index, ...(this.#kind === 'chat' ? { message: toMessage(choice) } : { text: choice.content }), logprobs: choice.logprobs, finish_reason: choice.finishReason,
    }));
    return { ...this.#rest, object: OBJECTS[this.#kind], choices, usage };
  }

  end(usage: JsonObject): string {
    return JSON.stringify(this.toObject(usage));
  }

  fail(): string {
    return '';
  }

  #requireEnd(): void {
    if (this.#letterCount > MAX_LETTERS) throw new PortError(createProblem(502, 'engine_error', 'The answer has no end.'));
  }

  #addChoice(choice: JsonObject): void {
    const index = asNumber(choice['index']) ?? 0;
    const kept = this.#choices.get(index) ?? { content: '', hasContent: false, reasoning: '', refusal: '', calls: new Map<number, AssembledCall>(), logprobs: null, finishReason: null };
    this.#choices.set(index, kept);
    this.#last = kept;
    const delta = this.#kind === 'chat' ? asObject(choice['delta']) : { content: choice['text'] };
    const content = asString(delta['content']);
    kept.hasContent ||= content !== null;
    kept.content += content ?? '';
    kept.reasoning += textOf(delta['reasoning_content']);
    kept.refusal += textOf(delta['refusal']);
    this.#letterCount += JSON.stringify(delta).length;
    for (const call of asObjects(delta['tool_calls'])) addCall(kept.calls, call);
    if (isObject(choice['logprobs'])) kept.logprobs = joinLogprobs(kept.logprobs, choice['logprobs']);
    kept.finishReason = asString(choice['finish_reason']) ?? kept.finishReason;
  }
}

function textOf(value: unknown): string {
  return asString(value) ?? '';
}

function addCall(calls: Map<number, AssembledCall>, call: JsonObject): void {
  const index = asNumber(call['index']) ?? 0;
  const details = asObject(call['function']);
  const kept = calls.get(index) ?? { id: call['id'], name: '', arguments: '' };
  calls.set(index, kept);
  kept.name += textOf(details['name']);
  kept.arguments += textOf(details['arguments']);
}

function toMessage({ content, hasContent, reasoning, refusal, calls }: AssembledChoice): JsonObject {
  const toolCalls = [...calls].toSorted(([a], [b]) => a - b).map(([, call]) => ({ id: call.id, type: 'function', function: { name: call.name, arguments: call.arguments } }));
  return {
    role: 'assistant', content: content === '' && (toolCalls.length > 0 || !hasContent) ? null : content, refusal: refusal === '' ? null : refusal,
    ...(reasoning !== '' && { reasoning_content: reasoning }), ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
  };
}

/** Lists are joined: those of chats and those of plain text. */
function joinLogprobs(before: JsonObject | null, next: JsonObject): JsonObject {
  if (before === null) return next;
  return Object.fromEntries([...new Set([...Object.keys(before), ...Object.keys(next)])].map((key) => {
    const [a, b] = [before[key], next[key]];
    return [key, Array.isArray(a) && Array.isArray(b) ? [...(a as unknown[]), ...(b as unknown[])] : b ?? a];
  }));
}
