import type { ModelConfig } from '#contract/modelConfigs.ts';
import { toThoughts } from '../generation/thinking.ts';
import { asObjects, asString, type JsonObject } from '../json.ts';
import { badRequest } from '../portError.ts';
import { joinText, readThought, toParts, toText } from './inputItems.ts';

/** Makes messages of a chat from the items of a response, in their order. */
export class ChatMessages {
  readonly #engine: ModelConfig['engine'];
  readonly #messages: JsonObject[] = [];
  /** Pictures that tools gave back: a tool's message holds text only, so they are shown behind all of them. */
  #pictures: JsonObject[] = [];

  constructor(engine: ModelConfig['engine']) {
    this.#engine = engine;
  }

  /** @throws PortError for an item that a chat cannot hold */
  add(item: JsonObject): void {
    const { type = 'message' } = item;
    if (type === 'message') this.#addMessage(item);
    else if (type === 'reasoning') this.#addThought(readThought(item));
    else if (type === 'function_call') this.#addCall(item);
    else if (type === 'function_call_output') this.#addOutput(item);
    else throw badRequest(`Items of the type "${asString(type) ?? ''}" are not taken here.`, 'input');
  }

  /** What was added, without thoughts that nothing came of. */
  take(): JsonObject[] {
    if (this.#pictures.length > 0) this.#addUser('user', []);
    return this.#messages.filter((message) => message['content'] !== null || message['tool_calls'] !== undefined);
  }

  #addMessage({ role, content }: JsonObject): void {
    if (role !== 'assistant') { this.#addUser(asString(role) ?? 'user', toParts(content)); return; }
    const text = toText(content);
    const open = this.#openTurn();
    if (open === null || open['content'] !== null || open['tool_calls'] !== undefined) this.#messages.push({ role, content: text });
    else open['content'] = text;
  }

  /** Text alone goes as text: templates of small models know no parts. */
  #addUser(role: string, parts: readonly JsonObject[]): void {
    const all = [...this.#pictures, ...parts];
    this.#pictures = [];
    this.#messages.push({ role, content: all.every(({ type }) => type === 'text') ? joinText(all) : all });
  }

  /** Thoughts begin the turn that follows them, or go on in the one that has begun. */
  #addThought(text: string): void {
    const thoughts = toThoughts(text, this.#engine);
    const told = asString(thoughts['reasoning_content']);
    if (told === null) return;
    const open = this.#openTurn();
    const before = asString(open?.['reasoning_content']);
    if (open === null || open['content'] !== null) this.#messages.push({ role: 'assistant', content: null, ...thoughts });
    else open['reasoning_content'] = before === null ? told : `${before}\n${told}`;
  }

  /** Calls belong to the message of the model before them. */
  #addCall({ call_id: id, name, arguments: given }: JsonObject): void {
    const call = { id, type: 'function', function: { name, arguments: given } };
    const open = this.#openTurn();
    if (open === null) this.#messages.push({ role: 'assistant', content: null, tool_calls: [call] });
    else open['tool_calls'] = [...asObjects(open['tool_calls']), call];
  }

  #addOutput({ call_id: id, output }: JsonObject): void {
    const parts = toParts(output);
    this.#pictures.push(...parts.filter(({ type }) => type !== 'text'));
    this.#messages.push({ role: 'tool', tool_call_id: id, content: joinText(parts) });
  }

  /** The model's message where it spoke last. */
  #openTurn(): JsonObject | null {
    if (this.#pictures.length > 0) this.#addUser('user', []);
    const last = this.#messages.at(-1);
    return last?.['role'] === 'assistant' ? last : null;
  }
}
