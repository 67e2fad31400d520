import type { ModelConfig } from '#contract/modelConfigs.ts';
import { toThinkingFields, toThoughts } from '../generation/thinking.ts';
import { asNumber, asObject, asObjects, asString, isObject, type JsonObject } from '../json.ts';
import { badRequest } from '../portError.ts';
import { isText, joinText, toBlocks, toParts } from './contentBlocks.ts';

/** [theirs, the engines'] */
const SAME_FIELDS = [['max_tokens', 'max_tokens'], ['temperature', 'temperature'], ['top_p', 'top_p'], ['top_k', 'top_k'], ['stop_sequences', 'stop'], ['keep_alive', 'keep_alive']] as const;

interface ChatTool { readonly type: 'function'; readonly function: JsonObject & { readonly name: string } }

/** Turns a request of Anthropic's Messages API into one for a chat. @throws PortError for what it cannot hold */
export function toChatBody(asked: JsonObject, engine: ModelConfig['engine']): JsonObject {
  const messages = asked['messages'];
  if (!Array.isArray(messages)) throw badRequest('messages: Field required', 'messages', 'missing_required_parameter');
  if (!messages.every(isObject)) throw badRequest('messages: every message must be an object.', 'messages');
  if (asObjects(asked['mcp_servers']).length > 0) throw badRequest('mcp_servers: tools are not run here.', 'mcp_servers');
  const system = asked['system'] == null ? '' : joinText(toBlocks(asked['system']).flatMap(toParts));
  const tools = asObjects(asked['tools']).filter(isOwnTool).map(toTool);
  return {
    messages: [...(system === '' ? [] : [{ role: 'system', content: system }]), ...messages.flatMap((message) => toChatMessages(message, engine))],
    ...Object.fromEntries(SAME_FIELDS.flatMap(([theirs, ours]) => (asked[theirs] == null ? [] : [[ours, asked[theirs]]]))),
    ...(tools.length > 0 && { tools }), ...toToolChoice(asObject(asked['tool_choice']), tools), ...toThinking(asked, engine), ...toFormat(asked),
  };
}

/** One message can hold the results of several tools, each of which is a message of its own in a chat. */
function toChatMessages({ role, content }: JsonObject, engine: ModelConfig['engine']): JsonObject[] {
  const blocks = toBlocks(content);
  if (role === 'assistant') return [toAssistant(blocks, engine)];
  const results = blocks.filter(isResult).map((block) => ({ block, parts: block['content'] == null ? [] : toBlocks(block['content']).flatMap(toParts) }));
  // Pictures within a tool's result are shown behind it: a tool's message holds text only.
  const parts = [...results.flatMap((result) => result.parts.filter((part) => !isText(part))), ...blocks.filter((block) => !isResult(block)).flatMap(toParts)];
  return [
    ...results.map((result) => ({ role: 'tool', tool_call_id: result.block['tool_use_id'], content: `${result.block['is_error'] === true ? 'Error: ' : ''}${joinText(result.parts)}` })),
    ...(parts.length === 0 ? [] : [{ role: asString(role) ?? 'user', content: toContent(parts) }]),
  ];
}

function isResult({ type }: JsonObject): boolean {
  return type === 'tool_result';
}

/** Thoughts that were hidden from the client are nobody's any more. */
const ASSISTANT_BLOCKS = new Set<unknown>(['text', 'thinking', 'redacted_thinking', 'tool_use']);

function toAssistant(blocks: readonly JsonObject[], engine: ModelConfig['engine']): JsonObject {
  const stranger = blocks.find(({ type }) => !ASSISTANT_BLOCKS.has(type));
  if (stranger !== undefined) throw badRequest(`Blocks of the type "${String(stranger['type'])}" are not taken here.`, 'messages');
  const text = blocks.flatMap((block) => (isText(block) ? asString(block['text']) ?? '' : [])).join('');
  const thinking = blocks.flatMap((block) => (block['type'] === 'thinking' ? asString(block['thinking']) ?? '' : [])).join('');
  const calls = blocks.filter(({ type }) => type === 'tool_use').map(({ id, name, input }) => ({ id, type: 'function', function: { name, arguments: JSON.stringify(input ?? {}) } }));
  return { role: 'assistant', content: text === '' && calls.length > 0 ? null : text, ...toThoughts(thinking, engine), ...(calls.length > 0 && { tool_calls: calls }) };
}

/** Text alone goes as text: templates of small models know no parts. */
function toContent(parts: readonly JsonObject[]): unknown {
  return parts.every(isText) ? joinText(parts) : parts;
}

/** Tools of Anthropic's own have a type and no schema; they run there, or their models know them by heart. */
function isOwnTool({ type, name, input_schema: schema }: JsonObject): boolean {
  return typeof name === 'string' && (type == null || type === 'custom' || schema !== undefined);
}

function toTool({ name, description, input_schema: parameters, strict }: JsonObject): ChatTool {
  return { type: 'function', function: { name: asString(name) ?? '', ...(description !== undefined && { description }), parameters: parameters ?? { type: 'object', properties: {} }, ...(strict != null && { strict }) } };
}

const TOOL_CHOICES: Readonly<Record<string, string>> = { auto: 'auto', any: 'required', none: 'none' };

/** Services refuse a choice where there are no tools. */
function toToolChoice({ type, name, disable_parallel_tool_use: isSerial }: JsonObject, tools: readonly ChatTool[]): JsonObject {
  if (type === 'tool' && !tools.some((tool) => tool.function.name === name)) throw badRequest(`tool_choice: there is no tool "${String(name)}" that is run by the client.`, 'tool_choice');
  if (tools.length === 0) return {};
  const choice = type === 'tool' ? { type: 'function', function: { name } } : TOOL_CHOICES[asString(type) ?? ''];
  return { ...(choice !== undefined && { tool_choice: choice }), ...(isSerial === true && { parallel_tool_calls: false }) };
}

function toThinking({ thinking, output_config: output }: JsonObject, engine: ModelConfig['engine']): JsonObject {
  const { type, budget_tokens: budget } = asObject(thinking);
  const effort = asString(asObject(output)['effort']);
  const isOn = isObject(thinking) ? type === 'enabled' || type === 'adaptive' : null;
  return toThinkingFields({ isOn, effort: effort === 'max' ? 'high' : effort, budgetTokens: isOn === true ? asNumber(budget) : null }, engine);
}

function toFormat({ output_config: output, output_format: older }: JsonObject): JsonObject {
  const { type, schema } = asObject(asObject(output)['format'] ?? older);
  return type === 'json_schema' && isObject(schema) ? { response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } } } : {};
}
