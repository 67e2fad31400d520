import type { ModelConfig } from '#contract/modelConfigs.ts';
import { isAddress } from '../generation/mediaParts.ts';
import { toThinkingFields, toThoughts } from '../generation/thinking.ts';
import { asObject, asObjects, asString, isObject, parseJson, type JsonObject } from '../json.ts';
import { badRequest } from '../portError.ts';

type EngineKind = ModelConfig['engine'];

/** [theirs, the engines'] What changes how a model is loaded, such as `num_ctx`, is left out: a request never does that. */
const OPTION_FIELDS = [
  ['temperature', 'temperature'], ['top_p', 'top_p'], ['top_k', 'top_k'], ['min_p', 'min_p'], ['typical_p', 'typical_p'], ['seed', 'seed'], ['stop', 'stop'], ['repeat_penalty', 'repeat_penalty'], ['repeat_last_n', 'repeat_last_n'],
  ['presence_penalty', 'presence_penalty'], ['frequency_penalty', 'frequency_penalty'], ['mirostat', 'mirostat'], ['mirostat_tau', 'mirostat_tau'], ['mirostat_eta', 'mirostat_eta'], ['num_keep', 'n_keep'], ['num_predict', 'max_tokens'],
] as const;

/** Turns a request of Ollama's /api/chat into one for a chat. @throws PortError for what it cannot hold */
export function toChatBody(asked: JsonObject, engine: EngineKind): JsonObject {
  const ids = new CallIds();
  const messages = Array.isArray(asked['messages']) ? asked['messages'] : [];
  if (!messages.every(isObject)) throw badRequest('Every message must be an object.', 'messages');
  return { messages: messages.flatMap((message) => toMessages(message, ids, engine)), ...(Array.isArray(asked['tools']) && asked['tools'].length > 0 && { tools: asked['tools'] }), ...toShared(asked, engine) };
}

/** The same of /api/generate: one prompt, or, when `raw` or with a suffix, text that no template is put around. @throws PortError */
export function toGenerateBody(asked: JsonObject, engine: EngineKind): { kind: 'chat' | 'text'; body: JsonObject } {
  refuseUnkept(asked);
  const prompt = readText(asked, 'prompt');
  const suffix = readText(asked, 'suffix');
  if (asked['raw'] === true || suffix !== '') return { kind: 'text', body: { prompt, ...(suffix !== '' && { suffix }), ...toShared(asked, engine) } };
  const system = readText(asked, 'system');
  const messages = [...(system === '' ? [] : [{ role: 'system', content: system }]), { role: 'user', content: withPictures(prompt, toPictures(asked['images'])) }];
  return { kind: 'chat', body: { messages, ...toShared(asked, engine) } };
}

/** What would change the answer and is not there. */
function refuseUnkept(asked: JsonObject): void {
  const { context } = asked;
  if (readText(asked, 'template') !== '') throw badRequest('A template belongs to the configuration of the model; a request cannot bring one.', 'template');
  if (Array.isArray(context) && context.length > 0) throw badRequest('"context" is not kept here: use /api/chat and send the messages.', 'context');
}

/** @throws PortError for anything but text */
function readText(from: JsonObject, name: string): string {
  const value = from[name] ?? '';
  if (typeof value !== 'string') throw badRequest(`"${name}" must be a string.`, name);
  return value;
}

/** Ollama's messages name no ids: calls and their results are told apart by their order. */
class CallIds {
  #made = 0;
  #answered = 0;

  next(): string {
    return `call_${this.#made++}`;
  }

  answer(): string {
    return `call_${Math.min(this.#answered++, Math.max(0, this.#made - 1))}`;
  }
}

/** Pictures of a tool are shown behind its result: a tool's message holds text only. */
function toMessages(message: JsonObject, ids: CallIds, engine: EngineKind): JsonObject[] {
  const { role, images, tool_calls: calls, thinking } = message;
  const content = readText(message, 'content');
  const pictures = toPictures(images);
  if (role === 'tool') return [{ role, tool_call_id: asString(message['tool_call_id']) ?? ids.answer(), content }, ...(pictures.length > 0 ? [{ role: 'user', content: pictures }] : [])];
  const toolCalls = asObjects(calls).map((call) => {
    const { name, arguments: given } = asObject(call['function']);
    return { id: asString(call['id']) ?? ids.next(), type: 'function', function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given ?? {}) } };
  });
  return [{ role, content: withPictures(content, pictures), ...toThoughts(asString(thinking) ?? '', engine), ...(toolCalls.length > 0 && { tool_calls: toolCalls }) }];
}

function withPictures(text: string, pictures: readonly JsonObject[]): unknown {
  return pictures.length === 0 ? text : [{ type: 'text', text }, ...pictures];
}

/** They come as base64; what else they may be is for others to judge. */
function toPictures(images: unknown): JsonObject[] {
  if (images == null) return [];
  if (!Array.isArray(images)) throw badRequest('"images" must be a list of pictures as base64.', 'images');
  return images.map((image: unknown) => {
    if (typeof image !== 'string') throw badRequest('"images" must be a list of pictures as base64.', 'images');
    return { type: 'image_url', image_url: { url: image.startsWith('data:') || isAddress(image) ? image : `data:image/png;base64,${image}` } };
  });
}

function toShared({ options, format, think }: JsonObject, engine: EngineKind): JsonObject {
  const given = asObject(options);
  const known = OPTION_FIELDS.flatMap(([theirs, ours]) => (given[theirs] == null || (theirs === 'num_predict' && Number(given[theirs]) < 0) ? [] : [[ours, given[theirs]] as const]));
  return { ...Object.fromEntries(known), ...toFormat(format), ...toThinkingFields({ isOn: think == null ? null : think !== false, effort: asString(think), budgetTokens: null }, engine) };
}

function toFormat(format: unknown): JsonObject {
  const schema = typeof format === 'string' ? parseJson(format) : format;
  if (format === 'json') return { response_format: { type: 'json_object' } };
  return isObject(schema) ? { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } } } : {};
}
