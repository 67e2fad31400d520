import { asNumber, asObject, asObjects, isObject, type JsonObject } from '../json.ts';
import { askEngine, readJson, takeSlot } from '../exchange/engineCall.ts';
import { JSON_TYPE } from '../generation/answer.ts';
import { refuseAddresses } from '../generation/mediaParts.ts';
import { toUsage } from '../generation/runGeneration.ts';
import { PLAIN_ANSWER, requireModel, runExchange, type ExchangeContext, type PortCall } from '../portCall.ts';
import { badRequest, createProblem, PortError } from '../portError.ts';
import { parseBody, readKeepSeconds, requireString } from '../requestBody.ts';

/** POST /v1/embeddings */
export async function answerEmbeddings(call: PortCall): Promise<void> {
  const asked = parseBody(call.body);
  if (asked['input'] == null) throw badRequest('You must provide "input".', 'input', 'missing_required_parameter');
  await answerJson(call, { path: '/v1/embeddings', asked, shape: (value, model) => toEmbeddings(value, model, { isBase64: asked['encoding_format'] === 'base64', dimensions: asNumber(asked['dimensions']) }) });
}

/** POST /v1/rerank */
export async function answerRerank(call: PortCall): Promise<void> {
  const asked = parseBody(call.body);
  requireString(asked, 'query');
  if (!Array.isArray(asked['documents'])) throw badRequest('You must provide "documents", a list.', 'documents', 'missing_required_parameter');
  const documents = asked['return_documents'] === true ? call.longTexts.restoreValue<unknown[]>(asked['documents']) : [];
  await answerJson(call, { path: '/v1/rerank', asked, shape: (value, model) => toRanking(value, model, { documents, asked }) });
}

interface JsonPlan { readonly path: string; readonly asked: JsonObject; readonly shape: (value: unknown, model: string) => JsonObject }

async function answerJson(call: PortCall, { path, asked, shape }: JsonPlan): Promise<void> {
  const model = requireString(asked, 'model');
  const config = requireModel(call, model);
  await runExchange(call, { model, config, answer: PLAIN_ANSWER }, async (context) => {
    const answer = shape(await fetchJson(context, path, asked), model);
    context.exchange.setUsage(toUsage(asObject(answer['usage'])));
    context.wire.sendWhole(200, { 'content-type': JSON_TYPE, 'cache-control': 'no-store' }, JSON.stringify(answer));
  });
}

/** Asks the model's engine for something that comes in one piece. */
export async function fetchJson(context: ExchangeContext, path: string, { model: _model, keep_alive: keepAlive, ttl, ...asked }: JsonObject): Promise<unknown> {
  const { deps, exchange, priority, config } = context;
  // Some engines take a chat here, or documents with pictures.
  if (config.engine !== 'external') [asked['messages'], asked['documents']].forEach(refuseAddresses);
  using slot = await takeSlot(deps, exchange, priority);
  const keepSeconds = readKeepSeconds({ keep_alive: keepAlive, ttl });
  if (keepSeconds !== null) slot.keepFor(keepSeconds);
  return await readJson(await askEngine(deps, { slot, signal: exchange.signal }, { method: 'POST', path, body: JSON.stringify({ ...asked, model: slot.upstreamModel }) }));
}

interface VectorShape { readonly isBase64: boolean; readonly dimensions: number | null }

/** @throws PortError when the engine's answer holds no vectors */
export function toEmbeddings(value: unknown, model: string, { isBase64, dimensions }: VectorShape): JsonObject {
  const answer = asObject(value);
  if (!Array.isArray(answer['data'])) throw new PortError(createProblem(502, 'engine_error', 'The engine sent something that is not an embedding.'));
  const data = asObjects(answer['data']).map(({ embedding, index }, position) => ({ object: 'embedding', index: asNumber(index) ?? position, embedding: shapeVector(embedding, { isBase64, dimensions }) }));
  const usage = asObject(answer['usage']);
  const promptTokens = asNumber(usage['prompt_tokens']) ?? 0;
  return { object: 'list', data, model, usage: { prompt_tokens: promptTokens, total_tokens: asNumber(usage['total_tokens']) ?? promptTokens } };
}

/** SDKs ask for 32-bit floats, little end first, as base64; not every engine knows it, nor that fewer dimensions were asked for. */
function shapeVector(embedding: unknown, { isBase64, dimensions }: VectorShape): unknown {
  const numbers = typeof embedding === 'string' ? readFloats(embedding) : embedding;
  if (!Array.isArray(numbers)) return embedding;
  const shaped = shorten(numbers as number[], dimensions);
  return isBase64 ? Buffer.from(new Float32Array(shaped).buffer).toString('base64') : shaped;
}

function readFloats(base64: string): number[] {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: Math.floor(bytes.byteLength / 4) }, (_, index) => bytes.readFloatLE(index * 4));
}

/** The first so many, of length 1 again. */
function shorten(numbers: number[], dimensions: number | null): number[] {
  if (dimensions === null || dimensions < 1 || numbers.length <= dimensions) return numbers;
  const kept = numbers.slice(0, dimensions);
  const norm = Math.hypot(...kept);
  return norm === 0 ? kept : kept.map((number) => number / norm);
}

function toRanking(value: unknown, model: string, { documents, asked }: { documents: readonly unknown[]; asked: JsonObject }): JsonObject {
  const answer = asObject(value);
  const results = Array.isArray(answer['results']) ? answer['results'] : answer['data'];
  if (!Array.isArray(results)) throw new PortError(createProblem(502, 'engine_error', 'The engine sent something that is not a ranking.'));
  const ranked = asObjects(results).map((result) => ({ index: asNumber(result['index']) ?? 0, relevance_score: asNumber(result['relevance_score']) ?? asNumber(result['score']) ?? 0 }))
    .toSorted((a, b) => b.relevance_score - a.relevance_score).slice(0, asNumber(asked['top_n']) ?? undefined);
  const usage = asObject(answer['usage']);
  const promptTokens = asNumber(usage['prompt_tokens']) ?? asNumber(usage['total_tokens']) ?? 0;
  return {
    object: 'list', model, usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
    results: ranked.map((result) => (asked['return_documents'] === true ? { ...result, document: toDocument(documents[result.index]) } : result)),
  };
}

function toDocument(document: unknown): unknown {
  return isObject(document) ? document : { text: document };
}
