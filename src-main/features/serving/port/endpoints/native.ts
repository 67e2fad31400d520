import type { ModelConfig } from '#contract/modelConfigs.ts';
import { passThrough } from '../exchange/passThrough.ts';
import { COUNTED_FIELDS } from '../exchange/usageScan.ts';
import { refuseAddresses } from '../generation/mediaParts.ts';
import { prepareBody } from '../generation/prepareBody.ts';
import { asString, type JsonObject } from '../json.ts';
import { PLAIN_ANSWER, requireModel, runExchange, type PortCall } from '../portCall.ts';
import { badRequest, modelNotFound } from '../portError.ts';
import { parseBody } from '../requestBody.ts';
import { replaceFormField, readFormField } from './formField.ts';
import { pickModel } from './models.ts';

/** llama-server's own endpoints: /completion, /infill, /tokenize, /detokenize, /apply-template, POST /lora-adapters. */
export function answerNative(path: string): (call: PortCall) => Promise<void> {
  return async (call) => {
    const asked = isList(call.body) ? {} : parseBody(call.body);
    const { model, config } = pickModel(call, asString(asked['model']));
    if (config.engine !== 'external') refuseAddresses(asked['messages']);
    const body = isList(call.body) ? call.body ?? null : toNativeBody(path, asked, config);
    await runExchange(call, { model, config, answer: PLAIN_ANSWER }, (context) => passThrough(context, () => ({ method: 'POST', path, body })));
  };
}

/** A scale for each adapter comes as a list. */
function isList(body: Buffer | undefined): boolean {
  return body?.toString('utf8', 0, 64).trimStart().startsWith('[') === true;
}

function toNativeBody(path: string, { model: _model, ...asked }: JsonObject, config: ModelConfig): string {
  if (path !== '/completion' && path !== '/infill') return JSON.stringify(asked);
  const fields = asked['response_fields'];
  return JSON.stringify({ ...prepareBody('text', asked, config), stream: asked['stream'] === true, ...(Array.isArray(fields) && fields.length > 0 && { response_fields: [...COUNTED_FIELDS, ...fields as unknown[]] }) });
}

/** POST /v1/audio/transcriptions: a form, of which only the model's name is looked at. */
export async function answerTranscription(call: PortCall): Promise<void> {
  const contentType = call.request.headers['content-type'] ?? '';
  const form = call.body ?? Buffer.alloc(0);
  const model = readFormField(form, 'model');
  if (model === null) throw badRequest('You must provide "model".', 'model', 'missing_required_parameter');
  const config = requireModel(call, model);
  await runExchange(call, { model, config, answer: PLAIN_ANSWER }, (context) => passThrough(context, (upstreamModel) => ({
    method: 'POST', path: '/v1/audio/transcriptions', headers: { 'content-type': contentType }, body: replaceFormField(form, 'model', upstreamModel),
  })));
}

/** /upstream/{model}/*: anything at all, to the engine of one model. A model's name may hold slashes, encoded or not. */
export async function answerUpstream(call: PortCall): Promise<void> {
  const { model, config, path } = splitUpstreamPath(call);
  const { method = 'GET', headers } = call.request;
  await runExchange(call, { model, config, answer: PLAIN_ANSWER }, (context) => passThrough(context, () => ({
    method, path, headers: { 'content-type': headers['content-type'] ?? 'application/json', accept: headers.accept ?? '*/*' }, body: call.body ?? null,
  })));
}

function splitUpstreamPath(call: PortCall): { model: string; config: ModelConfig; path: string } {
  const rest = call.params['*'] ?? '';
  const segments = rest.split('/');
  if (segments.some((segment) => segment === '..' || segment === '.')) throw badRequest('The path must not hold "..".');
  for (let count = segments.length; count > 0; count -= 1) {
    const model = segments.slice(0, count).join('/');
    if (call.deps.models.find(model) === null) continue;
    const query = call.query.toString();
    const path = segments.slice(count).map(encodeURIComponent).join('/');
    return { model, config: requireModel(call, model), path: `/${path}${query === '' ? '' : `?${query}`}` };
  }
  throw modelNotFound(segments[0] ?? '');
}
