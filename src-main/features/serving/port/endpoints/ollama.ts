import type { ModelConfig } from '#contract/modelConfigs.ts';
import { takeSlot } from '../exchange/engineCall.ts';
import { JSON_TYPE } from '../generation/answer.ts';
import { findUpstream } from '../generation/infillUpstream.ts';
import { prepareBody } from '../generation/prepareBody.ts';
import { runGeneration, toUsage } from '../generation/runGeneration.ts';
import { asNumber, asObject, asObjects, asString, type JsonObject } from '../json.ts';
import { OllamaAnswer } from '../ollama/ollamaAnswer.ts';
import { toChatBody, toGenerateBody } from '../ollama/toChat.ts';
import { PLAIN_ANSWER, requireModel, runExchange, takePlace, type PortCall } from '../portCall.ts';
import { badRequest, createProblem, modelNotFound, PortError } from '../portError.ts';
import { parseBody, readKeepSeconds, requireString } from '../requestBody.ts';
import { sendJson } from '../sendJson.ts';
import { listVisible } from './control.ts';
import { listModels } from './models.ts';
import { fetchJson, toEmbeddings } from './vectors.ts';

/** Tags are always named there; `demo` and `demo:latest` are the same. */
const LATEST = ':latest';
/** Clients look at it to know what may be asked. */
const SPOKEN_VERSION = '0.12.0';

interface Asked { readonly asked: JsonObject; readonly model: string; readonly config: ModelConfig }

function readAsked(call: PortCall): Asked {
  const asked = parseBody(call.body);
  const named = asked['model'] === undefined ? requireString(asked, 'name') : requireString(asked, 'model');
  const { models } = call.deps;
  const name = models.find(named) === null && named.endsWith(LATEST) ? named.slice(0, -LATEST.length) : named;
  if (models.find(name) === null) throw modelNotFound(named);
  return { asked, model: named, config: requireModel(call, name) };
}

/** POST /api/chat. Without messages it only loads, or unloads with `keep_alive: 0`. */
export async function answerOllamaChat(call: PortCall): Promise<void> {
  const { asked, model, config } = readAsked(call);
  if (!Array.isArray(asked['messages']) || asked['messages'].length === 0) { await touchModel(call, { asked, model, config }, { message: { role: 'assistant', content: '' } }); return; }
  await answerGeneration(call, { asked, model, config }, { kind: 'chat', style: 'chat', body: toChatBody(asked, config.engine) });
}

/** POST /api/generate */
export async function answerOllamaGenerate(call: PortCall): Promise<void> {
  const { asked, model, config } = readAsked(call);
  if (asked['prompt'] === undefined || asked['prompt'] === '') { await touchModel(call, { asked, model, config }, { response: '' }); return; }
  if (asString(asked['suffix']) ?? '') requireInsert(call, config);
  await answerGeneration(call, { asked, model, config }, { style: 'generate', ...toGenerateBody(asked, config.engine) });
}

/** Of what has no weights here it is not known. */
function requireInsert({ deps }: PortCall, config: ModelConfig): void {
  const version = deps.models.getVersion(config);
  if (version !== null && !version.capabilities.includes('infill')) throw badRequest(`"${config.name}" does not support insert`, 'suffix');
}

async function answerGeneration(call: PortCall, { asked, model, config }: Asked, { kind, style, body }: { kind: 'chat' | 'text'; style: 'chat' | 'generate'; body: JsonObject }): Promise<void> {
  const answer = new OllamaAnswer({ isStream: asked['stream'] !== false, style, model, clock: call.deps.clock });
  await runExchange(call, { model, config, answer }, (context) => runGeneration({ ...context, deps: { ...context.deps, upstream: findUpstream(context, body) }, answer }, { kind, body: prepareBody(kind, body, config), keepSeconds: readKeepSeconds(asked) }));
}

async function touchModel(call: PortCall, asked: Asked, words: JsonObject): Promise<void> {
  const keepSeconds = readKeepSeconds(asked.asked);
  const answer = { model: asked.model, created_at: now(call), ...words, done: true, done_reason: keepSeconds === 0 ? 'unload' : 'load' };
  if (keepSeconds === 0) await unload(call, asked.config, answer);
  else await preload(call, asked, { keepSeconds, answer });
}

async function unload(call: PortCall, config: ModelConfig, answer: JsonObject): Promise<void> {
  using _place = takePlace(call);
  if (!call.caller.scopes.includes('manage')) throw new PortError(createProblem(403, 'insufficient_scope', 'Unloading needs a key with the scope "manage".'));
  await call.deps.control.unload(config, { force: false });
  sendJson(call.response, 200, answer);
}

/** A request that asks for nothing but its slot: the model then stays for as long as after any other. */
async function preload(call: PortCall, { model, config }: Asked, { keepSeconds, answer }: { keepSeconds: number | null; answer: JsonObject }): Promise<void> {
  await runExchange(call, { model, config, answer: PLAIN_ANSWER }, async ({ deps, exchange, wire, priority }) => {
    using slot = await takeSlot(deps, exchange, priority);
    slot.keepFor(keepSeconds);
    wire.sendWhole(200, { 'content-type': JSON_TYPE }, JSON.stringify(answer));
  });
}

/** POST /api/embed */
export async function answerOllamaEmbed(call: PortCall): Promise<void> {
  await embed(call, 'input', (vectors, model, promptTokens) => ({ model, embeddings: vectors, total_duration: 0, load_duration: 0, prompt_eval_count: promptTokens }));
}

/** POST /api/embeddings, the older one for a single text. */
export async function answerOllamaEmbeddings(call: PortCall): Promise<void> {
  await embed(call, 'prompt', (vectors) => ({ embedding: vectors[0] ?? [] }));
}

async function embed(call: PortCall, field: 'input' | 'prompt', shape: (vectors: unknown[], model: string, promptTokens: number) => JsonObject): Promise<void> {
  const { asked, model, config } = readAsked(call);
  await runExchange(call, { model, config, answer: PLAIN_ANSWER }, async (context) => {
    const { data, usage } = toEmbeddings(await fetchJson(context, '/v1/embeddings', { input: asked[field] ?? '', dimensions: asked['dimensions'] ?? undefined, keep_alive: asked['keep_alive'] }), model, { isBase64: false, dimensions: asNumber(asked['dimensions']) });
    const used = toUsage(asObject(usage));
    context.exchange.setUsage(used);
    context.wire.sendWhole(200, { 'content-type': JSON_TYPE }, JSON.stringify(shape(asObjects(data).map(({ embedding }) => embedding), model, used.promptTokens)));
  });
}

/** GET /api/tags */
export function answerTags(call: PortCall): void {
  sendJson(call.response, 200, { models: listModels(call).map((config) => toTag(call, config)) });
}

/** GET /api/ps */
export function answerPs(call: PortCall): void {
  const models = listVisible(call).filter(({ state }) => state === 'ready' || state === 'busy').flatMap((served) => {
    const config = call.deps.models.find(served.name);
    return config === null ? [] : [{ ...toTag(call, config), expires_at: new Date(served.unloadAtMs ?? 4_102_444_800_000).toISOString(), size: served.bookedBytes + served.ramBytes, size_vram: served.bookedBytes, context_length: served.contextTokens }];
  });
  sendJson(call.response, 200, { models });
}

/** POST /api/show */
export function answerShow(call: PortCall): void {
  const { config } = readAsked(call);
  const version = call.deps.models.getVersion(config);
  const architecture = version?.architecture ?? 'unknown';
  const info = { 'general.architecture': architecture, ...(version?.parameterCount != null && { 'general.parameter_count': version.parameterCount }), ...(version?.contextTokens != null && { [`${architecture}.context_length`]: version.contextTokens }) };
  sendJson(call.response, 200, { modelfile: '', parameters: '', template: config.chatTemplate ?? '', modified_at: new Date(config.updatedAtMs).toISOString(), details: toDetails(call, config), model_info: info, capabilities: toCapabilities(call, config) });
}

/** GET /api/version */
export function answerOllamaVersion(call: PortCall): void {
  sendJson(call.response, 200, { version: SPOKEN_VERSION });
}

function toTag(call: PortCall, config: ModelConfig): JsonObject {
  const version = call.deps.models.getVersion(config);
  return { name: config.name, model: config.name, modified_at: new Date(config.updatedAtMs).toISOString(), size: version?.sizeBytes ?? 0, digest: version?.contentSha256 ?? '', details: toDetails(call, config) };
}

function toDetails({ deps }: PortCall, config: ModelConfig): JsonObject {
  const version = deps.models.getVersion(config);
  const family = version?.architecture ?? '';
  return { parent_model: '', format: version?.format ?? '', family, families: family === '' ? null : [family], parameter_size: toSize(version?.parameterCount ?? null), quantization_level: version?.quantisation ?? '' };
}

function toCapabilities({ deps }: PortCall, config: ModelConfig): string[] {
  const capabilities = deps.models.getVersion(config)?.capabilities ?? [];
  return capabilities.flatMap((capability) => ({ chat: ['completion'], completion: [], embeddings: ['embedding'], rerank: [], vision: ['vision'], tools: ['tools'], thinking: ['thinking'], infill: ['insert'] })[capability]);
}

function toSize(count: number | null): string {
  if (count === null) return '';
  return count >= 1e9 ? `${(count / 1e9).toFixed(1)}B` : `${(count / 1e6).toFixed(0)}M`;
}

function now({ deps }: PortCall): string {
  return new Date(deps.clock.nowMs()).toISOString();
}
