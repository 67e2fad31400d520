import { asObject, asObjects, asString, isObject, type JsonObject } from '../json.ts';
import { badRequest } from '../portError.ts';

/** [theirs, the engines'] */
const SAME_FIELDS = [['max_output_tokens', 'max_tokens'], ['temperature', 'temperature'], ['top_p', 'top_p'], ['parallel_tool_calls', 'parallel_tool_calls'], ['seed', 'seed'], ['stop', 'stop'], ['keep_alive', 'keep_alive'], ['ttl', 'ttl']] as const;

/** The items of an input, text alone being one message. @throws PortError when there is none */
export function readInput(value: unknown): JsonObject[] {
  if (typeof value === 'string') return [{ type: 'message', role: 'user', content: value }];
  if (!Array.isArray(value)) throw badRequest('You must provide "input".', 'input', 'missing_required_parameter');
  return asObjects(value);
}

/** Turns a request of the Responses API into one for a chat. `history`: what went before, by `previous_response_id`. */
export function toChatBody(asked: JsonObject, history: readonly JsonObject[], items: readonly JsonObject[]): JsonObject {
  const tools = asObjects(asked['tools']).filter(({ type }) => type === 'function').map(({ name, description, parameters, strict }) => ({ type: 'function', function: { name, ...(description != null && { description }), parameters: parameters ?? { type: 'object', properties: {} }, ...(strict != null && { strict }) } }));
  return {
    messages: toMessages(asString(asked['instructions']), [...history, ...items]),
    ...Object.fromEntries(SAME_FIELDS.flatMap(([theirs, ours]) => (asked[theirs] == null ? [] : [[ours, asked[theirs]]]))),
    ...(tools.length > 0 && { tools }), ...toToolChoice(asked['tool_choice']), ...toFormat(asObject(asked['text'])['format']), ...toEffort(asObject(asked['reasoning'])['effort']),
  };
}

/** Instructions stand first, in one message with what else is said to the model as such: templates take no second one. */
function toMessages(instructions: string | null, items: readonly JsonObject[]): JsonObject[] {
  const isSystem = ({ role }: JsonObject): boolean => role === 'system' || role === 'developer';
  const system = [instructions ?? '', ...items.filter(isSystem).map(({ content }) => toText(content))].filter((text) => text !== '').join('\n\n');
  const messages: JsonObject[] = system === '' ? [] : [{ role: 'system', content: system }];
  for (const item of items.filter((one) => !isSystem(one))) addItem(messages, item);
  return messages;
}

function addItem(messages: JsonObject[], item: JsonObject): void {
  switch (item['type'] ?? 'message') {
    case 'message': messages.push({ role: item['role'] ?? 'user', content: item['role'] === 'assistant' ? toText(item['content']) : toContent(item['content']) }); return;
    case 'function_call': addCall(messages, { id: item['call_id'], type: 'function', function: { name: item['name'], arguments: item['arguments'] } }); return;
    case 'function_call_output': messages.push({ role: 'tool', tool_call_id: item['call_id'], content: toText(item['output']) }); return;
    // Thoughts are the model's own: the next answer does without them. What else services know, we do not.
    default:
  }
}

/** Calls belong to the message of the model before them. */
function addCall(messages: JsonObject[], call: JsonObject): void {
  const last = messages.at(-1);
  if (last?.['role'] !== 'assistant') { messages.push({ role: 'assistant', content: null, tool_calls: [call] }); return; }
  last['tool_calls'] = [...asObjects(last['tool_calls']), call];
}

function toContent(content: unknown): unknown {
  if (typeof content === 'string') return content;
  const parts = asObjects(content).flatMap((part): JsonObject[] => {
    if (part['type'] === 'input_image') return [{ type: 'image_url', image_url: { url: part['image_url'] } }];
    const text = asString(part['text']);
    return text === null ? [] : [{ type: 'text', text }];
  });
  return parts.every(({ type }) => type === 'text') ? parts.map(({ text }) => text).join('\n') : parts;
}

function toText(content: unknown): string {
  if (typeof content === 'string') return content;
  return asObjects(content).flatMap(({ text }) => asString(text) ?? []).join('\n');
}

function toToolChoice(choice: unknown): JsonObject {
  if (typeof choice === 'string') return { tool_choice: choice };
  return isObject(choice) && choice['type'] === 'function' ? { tool_choice: { type: 'function', function: { name: choice['name'] } } } : {};
}

function toFormat(format: unknown): JsonObject {
  const { type, name, schema, strict } = asObject(format);
  if (type === 'json_object') return { response_format: { type } };
  return type === 'json_schema' ? { response_format: { type, json_schema: { name: name ?? 'answer', schema, ...(strict != null && { strict }) } } } : {};
}

function toEffort(effort: unknown): JsonObject {
  if (typeof effort !== 'string') return {};
  return { reasoning_effort: effort, chat_template_kwargs: { enable_thinking: effort !== 'none', reasoning_effort: effort } };
}
