import type { ModelConfig, SamplingDefaults } from '#contract/modelConfigs.ts';
import { asObjects, type JsonObject } from '../json.ts';
import { badRequest } from '../portError.ts';
import { refuseAddresses } from './mediaParts.ts';

/** [ours, the engines'] */
const SAMPLING_FIELDS: readonly (readonly [keyof SamplingDefaults, string])[] = [
  ['temperature', 'temperature'], ['topP', 'top_p'], ['topK', 'top_k'], ['minP', 'min_p'], ['repeatPenalty', 'repeat_penalty'], ['seed', 'seed'],
];

/** What a client asked for, without what is for us, with what the configuration says of the rest. What we do not know is passed on. */
export function prepareBody(kind: 'chat' | 'text', body: JsonObject, config: ModelConfig): JsonObject {
  const { max_tokens: limit, max_completion_tokens: newerLimit, model: _model, stream: _stream, keep_alive: _keepAlive, ttl: _ttl, ...asked } = body;
  refuseFunctions(asked, config);
  // Nobody takes both together.
  const limitName = kind === 'chat' && knowsNewerLimit(config, { isAsked: limit == null && newerLimit != null }) ? 'max_completion_tokens' : 'max_tokens';
  const mostTokens = limit ?? newerLimit ?? config.sampling.maxTokens;
  return { ...asked, ...fillSampling(asked, config.sampling), ...(mostTokens !== null && { [limitName]: mostTokens }), ...(kind === 'chat' && { messages: prepareMessages(asked['messages'], config) }) };
}

/** Engines and most services know the older name only; newer models of OpenAI's refuse it. A client that uses the newer one knows its service. */
function knowsNewerLimit({ engine, external }: ModelConfig, { isAsked }: { isAsked: boolean }): boolean {
  if (engine !== 'external' || external === null) return false;
  const { hostname } = new URL(external.baseUrl);
  return isAsked || hostname === 'api.openai.com' || hostname.endsWith('.azure.com');
}

/** Engines of this machine would leave them out without a word. */
function refuseFunctions({ functions }: JsonObject, { engine }: ModelConfig): void {
  if (engine !== 'external' && asObjects(functions).length > 0) throw badRequest('Engines know no "functions" any more: send "tools".', 'functions');
}

function fillSampling(asked: JsonObject, sampling: SamplingDefaults): JsonObject {
  return Object.fromEntries(SAMPLING_FIELDS.flatMap(([ours, theirs]) => (asked[theirs] == null && sampling[ours] !== null ? [[theirs, sampling[ours]] as const] : [])));
}

/** @throws PortError when there are none */
function prepareMessages(value: unknown, { systemPrompt, engine }: ModelConfig): JsonObject[] {
  if (!Array.isArray(value)) throw badRequest('You must provide "messages", a list.', 'messages', 'missing_required_parameter');
  if (value.length === 0) throw badRequest('"messages" must not be empty.', 'messages');
  const messages = asObjects(value);
  if (messages.length !== value.length) throw badRequest('Every message must be an object.', 'messages');
  if (engine !== 'external') refuseAddresses(messages);
  // Templates of local models know no role "developer".
  const known = engine === 'external' ? messages : messages.map((message) => (message['role'] === 'developer' ? { ...message, role: 'system' } : message));
  const hasSystem = known.some(({ role }) => role === 'system' || role === 'developer');
  return systemPrompt === null || systemPrompt === '' || hasSystem ? known : [{ role: 'system', content: systemPrompt }, ...known];
}
