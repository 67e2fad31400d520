import type { ModelConfig } from '#contract/modelConfigs.ts';
import { toThinkingFields } from '../generation/thinking.ts';
import { asNumber, asObject, asObjects, asString, isObject, type JsonObject } from '../json.ts';
import { badRequest } from '../portError.ts';
import { ChatMessages } from './chatMessages.ts';
import { toText } from './inputItems.ts';

/** [theirs, the engines'] */
const SAME_FIELDS = [['max_output_tokens', 'max_tokens'], ['temperature', 'temperature'], ['top_p', 'top_p'], ['seed', 'seed'], ['stop', 'stop'], ['keep_alive', 'keep_alive'], ['ttl', 'ttl']] as const;

/** Turns a request of the Responses API into one for a chat. `items`: what was said before with what is said now. @throws PortError for what it cannot hold */
export function toChatBody(asked: JsonObject, items: readonly JsonObject[], engine: ModelConfig['engine']): JsonObject {
  refuseUnkept(asked);
  const { tools, ...choice } = toTools(asked);
  const text = asObject(asked['text']);
  const effort = asString(asObject(asked['reasoning'])['effort']);
  return {
    messages: toMessages(asked['instructions'], items, engine),
    ...Object.fromEntries(SAME_FIELDS.flatMap(([theirs, ours]) => (asked[theirs] == null ? [] : [[ours, asked[theirs]]]))),
    ...(tools.length > 0 && { tools, ...(asked['parallel_tool_calls'] != null && { parallel_tool_calls: asked['parallel_tool_calls'] }) }), ...choice,
    ...toFormat(text['format']), ...(text['verbosity'] != null && { verbosity: text['verbosity'] }),
    ...toThinkingFields({ isOn: effort === null ? null : effort !== 'none', effort, budgetTokens: null }, engine),
  };
}

/** What would change the answer and is not there. */
function refuseUnkept(asked: JsonObject): void {
  for (const name of ['conversation', 'prompt']) if (asked[name] != null) throw badRequest(`"${name}" is not kept here: send the messages, or name the response before.`, name);
  if ((asNumber(asked['top_logprobs']) ?? 0) > 0) throw badRequest('"top_logprobs" is not told here; /v1/chat/completions does.', 'top_logprobs');
}

/** Instructions stand first, in one message with what else is said to the model as such: templates take no second one. */
function toMessages(instructions: unknown, items: readonly JsonObject[], engine: ModelConfig['engine']): JsonObject[] {
  if (instructions != null && typeof instructions !== 'string') throw badRequest('"instructions" must be a string.', 'instructions');
  const isSystem = ({ role }: JsonObject): boolean => role === 'system' || role === 'developer';
  const system = [instructions ?? '', ...items.filter(isSystem).map(({ content }) => toText(content))].filter((text) => text !== '').join('\n\n');
  const messages = new ChatMessages(engine);
  for (const item of items.filter((one) => !isSystem(one))) messages.add(item);
  return [...(system === '' ? [] : [{ role: 'system', content: system }]), ...messages.take()];
}

/** Tools that run elsewhere are left out: a model that is told of none asks for none. */
function toTools({ tools, tool_choice: choice }: JsonObject): { tools: JsonObject[]; tool_choice?: unknown } {
  const { type, mode, name } = asObject(choice);
  const allowed = type === 'allowed_tools' ? new Set(asObjects(asObject(choice)['tools']).map((tool) => tool['name'])) : null;
  const kept = asObjects(tools).filter((tool) => tool['type'] === 'function' && (allowed === null || allowed.has(tool['name']))).map(toTool);
  if (!isObject(choice)) return { tools: kept, ...(isChoice(choice, kept) && { tool_choice: choice }) };
  if (type === 'allowed_tools') return { tools: kept, ...(isChoice(mode, kept) && { tool_choice: mode }) };
  if (type === 'function') return { tools: kept, tool_choice: { type, function: { name } } };
  throw badRequest(`Tools of the type "${String(type)}" are not run here.`, 'tool_choice');
}

/** Without tools only `required` says anything; services refuse the rest. */
function isChoice(choice: unknown, tools: readonly JsonObject[]): boolean {
  return choice != null && (tools.length > 0 || choice === 'required');
}

function toTool({ name, description, parameters, strict }: JsonObject): JsonObject {
  return { type: 'function', function: { name, ...(description != null && { description }), parameters: parameters ?? { type: 'object', properties: {} }, ...(strict != null && { strict }) } };
}

function toFormat(format: unknown): JsonObject {
  const { type, name, description, schema, strict } = asObject(format);
  if (type === 'json_object') return { response_format: { type } };
  return type === 'json_schema' ? { response_format: { type, json_schema: { name: name ?? 'answer', ...(description != null && { description }), schema, ...(strict != null && { strict }) } } } : {};
}
