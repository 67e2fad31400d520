import { asNumber, asObject, asObjects, asString, isObject, type JsonObject } from '../json.ts';
import { badRequest } from '../portError.ts';

/** [theirs, the engines'] */
const SAME_FIELDS = [['max_tokens', 'max_tokens'], ['temperature', 'temperature'], ['top_p', 'top_p'], ['top_k', 'top_k'], ['stop_sequences', 'stop']] as const;

/** Turns a request of Anthropic's Messages API into one for a chat. @throws PortError for what it cannot hold */
export function toChatBody(asked: JsonObject): JsonObject {
  if (!Array.isArray(asked['messages'])) throw badRequest('messages: Field required', 'messages', 'missing_required_parameter');
  const system = toText(asked['system']);
  const tools = asObjects(asked['tools']).filter(({ name }) => typeof name === 'string').map(({ name, description, input_schema: parameters }) => ({ type: 'function', function: { name, ...(description !== undefined && { description }), parameters: parameters ?? { type: 'object', properties: {} } } }));
  return {
    messages: [...(system === '' ? [] : [{ role: 'system', content: system }]), ...asObjects(asked['messages']).flatMap(toChatMessages)],
    ...Object.fromEntries(SAME_FIELDS.flatMap(([theirs, ours]) => (asked[theirs] == null ? [] : [[ours, asked[theirs]]]))),
    ...(tools.length > 0 && { tools }), ...toToolChoice(asked['tool_choice']), ...toThinking(asked['thinking']), ...toFormat(asked['output_config'] ?? asked['output_format']),
    ...(asked['keep_alive'] != null && { keep_alive: asked['keep_alive'] }),
  };
}

/** One message can hold the results of several tools, each of which is a message of its own in a chat. */
function toChatMessages({ role, content }: JsonObject): JsonObject[] {
  if (typeof content === 'string') return [{ role, content }];
  const blocks = asObjects(content);
  const results = blocks.filter(({ type }) => type === 'tool_result').map(({ tool_use_id: id, content: result, is_error: isError }) => ({ role: 'tool', tool_call_id: id, content: `${isError === true ? 'Error: ' : ''}${toText(result)}` }));
  const rest = blocks.filter(({ type }) => type !== 'tool_result');
  if (role === 'assistant') return [toAssistant(rest)];
  // Pictures within a tool's result are shown behind it: a tool's message holds text only.
  const parts = [...blocks.filter(({ type }) => type === 'tool_result').flatMap(({ content: result }) => asObjects(result).filter(({ type }) => type === 'image')), ...rest].flatMap(toPart);
  return [...results, ...(parts.length === 0 ? [] : [{ role: 'user', content: toContent(parts) }])];
}

function toAssistant(blocks: readonly JsonObject[]): JsonObject {
  const text = blocks.flatMap((block) => (block['type'] === 'text' ? asString(block['text']) ?? '' : [])).join('');
  const thinking = blocks.flatMap((block) => (block['type'] === 'thinking' ? asString(block['thinking']) ?? '' : [])).join('');
  const calls = blocks.filter(({ type }) => type === 'tool_use').map(({ id, name, input }) => ({ id, type: 'function', function: { name, arguments: JSON.stringify(input ?? {}) } }));
  return { role: 'assistant', content: text === '' && calls.length > 0 ? null : text, ...(thinking !== '' && { reasoning_content: thinking }), ...(calls.length > 0 && { tool_calls: calls }) };
}

/** Text alone goes as text: templates of small models know no parts. */
function toContent(parts: readonly JsonObject[]): unknown {
  return parts.every(({ type }) => type === 'text') ? parts.map(({ text }) => text).join('\n') : parts;
}

function toPart(block: JsonObject): JsonObject[] {
  const source = asObject(block['source']);
  switch (block['type']) {
    case 'text': return [{ type: 'text', text: asString(block['text']) ?? '' }];
    case 'image': return [{ type: 'image_url', image_url: { url: source['type'] === 'url' ? source['url'] : `data:${asString(source['media_type']) ?? 'image/png'};base64,${asString(source['data']) ?? ''}` } }];
    case 'document': return source['type'] === 'text' ? [{ type: 'text', text: asString(source['data']) ?? '' }] : [];
    default: return [];
  }
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  return asObjects(value).flatMap((block) => (block['type'] === 'text' ? asString(block['text']) ?? '' : [])).join('\n');
}

const TOOL_CHOICES: Readonly<Record<string, string>> = { auto: 'auto', any: 'required', none: 'none' };

function toToolChoice(value: unknown): JsonObject {
  const choice = asObject(value);
  const isSerial = choice['disable_parallel_tool_use'] === true ? { parallel_tool_calls: false } : {};
  if (choice['type'] === 'tool') return { tool_choice: { type: 'function', function: { name: choice['name'] } }, ...isSerial };
  const simple = TOOL_CHOICES[asString(choice['type']) ?? ''];
  return simple === undefined ? isSerial : { tool_choice: simple, ...isSerial };
}

function toThinking(value: unknown): JsonObject {
  if (!isObject(value)) return {};
  const isOn = value['type'] === 'enabled' || value['type'] === 'adaptive';
  const budget = asNumber(value['budget_tokens']);
  return { chat_template_kwargs: { enable_thinking: isOn }, ...(isOn && budget !== null && { thinking_budget_tokens: budget }) };
}

function toFormat(value: unknown): JsonObject {
  const { type, schema } = asObject(asObject(value)['format'] ?? value);
  return type === 'json_schema' && isObject(schema) ? { response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } } } : {};
}
