import { asObject, asObjects, asString, isObject, parseJson, type JsonObject } from '../json.ts';

/** [theirs, the engines'] What changes how a model is loaded, such as `num_ctx`, is left out: a request never does that. */
const OPTION_FIELDS = [
  ['temperature', 'temperature'], ['top_p', 'top_p'], ['top_k', 'top_k'], ['min_p', 'min_p'], ['seed', 'seed'], ['stop', 'stop'], ['repeat_penalty', 'repeat_penalty'],
  ['presence_penalty', 'presence_penalty'], ['frequency_penalty', 'frequency_penalty'], ['num_predict', 'max_tokens'],
] as const;

/** Turns a request of Ollama's /api/chat into one for a chat. */
export function toChatBody(asked: JsonObject): JsonObject {
  const ids = new CallIds();
  return { messages: asObjects(asked['messages']).map((message) => toMessage(message, ids)), ...(Array.isArray(asked['tools']) && asked['tools'].length > 0 && { tools: asked['tools'] }), ...toShared(asked) };
}

/** The same of /api/generate: one prompt, or, when `raw`, text that no template is put around. */
export function toGenerateBody(asked: JsonObject): { kind: 'chat' | 'text'; body: JsonObject } {
  const prompt = asString(asked['prompt']) ?? '';
  if (asked['raw'] === true) return { kind: 'text', body: { prompt, ...toShared(asked) } };
  const system = asString(asked['system']) ?? '';
  const messages = [...(system === '' ? [] : [{ role: 'system', content: system }]), { role: 'user', content: withImages(prompt, asked['images']) }];
  return { kind: 'chat', body: { messages, ...toShared(asked) } };
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

function toMessage(message: JsonObject, ids: CallIds): JsonObject {
  const { role, content, images, tool_calls: calls, thinking } = message;
  if (role === 'tool') return { role, tool_call_id: asString(message['tool_call_id']) ?? ids.answer(), content: asString(content) ?? '' };
  const toolCalls = asObjects(calls).map((call) => {
    const { name, arguments: given } = asObject(call['function']);
    return { id: asString(call['id']) ?? ids.next(), type: 'function', function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given ?? {}) } };
  });
  return { role, content: withImages(asString(content) ?? '', images), ...(typeof thinking === 'string' && thinking !== '' && { reasoning_content: thinking }), ...(toolCalls.length > 0 && { tool_calls: toolCalls }) };
}

function withImages(text: string, images: unknown): unknown {
  const pictures = Array.isArray(images) ? images.filter((image): image is string => typeof image === 'string') : [];
  return pictures.length === 0 ? text : [{ type: 'text', text }, ...pictures.map((image) => ({ type: 'image_url', image_url: { url: image.startsWith('data:') ? image : `data:image/png;base64,${image}` } }))];
}

function toShared({ options, format, think }: JsonObject): JsonObject {
  const given = asObject(options);
  const known = OPTION_FIELDS.flatMap(([theirs, ours]) => (given[theirs] == null || (theirs === 'num_predict' && Number(given[theirs]) < 0) ? [] : [[ours, given[theirs]] as const]));
  return { ...Object.fromEntries(known), ...toFormat(format), ...(think != null && { chat_template_kwargs: { enable_thinking: think !== false } }), ...(typeof think === 'string' && { reasoning_effort: think }) };
}

function toFormat(format: unknown): JsonObject {
  const schema = typeof format === 'string' ? parseJson(format) : format;
  if (format === 'json') return { response_format: { type: 'json_object' } };
  return isObject(schema) ? { response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } } } : {};
}
