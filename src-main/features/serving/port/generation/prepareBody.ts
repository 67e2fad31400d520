import type { ModelConfig, SamplingDefaults } from '#contract/modelConfigs.ts';
import { asObject, asObjects, asString, type JsonObject } from '../json.ts';
import { badRequest } from '../portError.ts';

/** Fields that are for us and not for an engine. */
const OWN_FIELDS = new Set(['model', 'stream', 'keep_alive', 'ttl']);
/** [ours, the engines'] */
const SAMPLING_FIELDS: readonly (readonly [keyof SamplingDefaults, string])[] = [
  ['temperature', 'temperature'], ['topP', 'top_p'], ['topK', 'top_k'], ['minP', 'min_p'], ['repeatPenalty', 'repeat_penalty'], ['seed', 'seed'],
];

/** What a client asked for with what the configuration says of the rest. What we do not know is passed on. */
export function prepareBody(kind: 'chat' | 'text', body: JsonObject, config: ModelConfig): JsonObject {
  const asked = Object.fromEntries(Object.entries(body).filter(([name]) => !OWN_FIELDS.has(name)));
  return { ...asked, ...fillSampling(asked, config), ...(kind === 'chat' && { messages: prepareMessages(asked['messages'], config) }) };
}

function fillSampling(asked: JsonObject, { sampling, engine }: ModelConfig): JsonObject {
  const filled = SAMPLING_FIELDS.flatMap(([ours, theirs]) => (asked[theirs] == null && sampling[ours] !== null ? [[theirs, sampling[ours]] as const] : []));
  const limit = asked['max_tokens'] ?? asked['max_completion_tokens'] ?? sampling.maxTokens;
  const isAskedByNewName = asked['max_tokens'] == null && asked['max_completion_tokens'] != null;
  // Local engines know the older name only; services know the newer one and may refuse both together.
  const tokens = limit == null || (engine === 'external' && isAskedByNewName) ? {} : { max_tokens: limit };
  return { ...Object.fromEntries(filled), ...tokens };
}

/** @throws PortError when there are none */
function prepareMessages(value: unknown, { systemPrompt, engine }: ModelConfig): JsonObject[] {
  if (!Array.isArray(value)) throw badRequest('You must provide "messages", a list.', 'messages', 'missing_required_parameter');
  if (value.length === 0) throw badRequest('"messages" must not be empty.', 'messages');
  const messages = asObjects(value);
  if (messages.length !== value.length) throw badRequest('Every message must be an object.', 'messages');
  if (engine !== 'external' && messages.some(hasRemotePicture)) throw badRequest('Pictures are taken as data: URLs. An address is not fetched, since whoever may ask a model need not be allowed to reach this network.', 'messages');
  // Templates of local models know no role "developer".
  const known = engine === 'external' ? messages : messages.map((message) => (message['role'] === 'developer' ? { ...message, role: 'system' } : message));
  const hasSystem = known.some(({ role }) => role === 'system' || role === 'developer');
  return systemPrompt === null || systemPrompt === '' || hasSystem ? known : [{ role: 'system', content: systemPrompt }, ...known];
}

/** An engine of this machine would fetch it from here, also from places that only this machine may reach. */
function hasRemotePicture({ content }: JsonObject): boolean {
  return asObjects(content).some((part) => {
    const picture = part['image_url'];
    const url = asString(picture) ?? asString(asObject(picture)['url']);
    return url !== null && !/^data:/i.test(url.trimStart());
  });
}
