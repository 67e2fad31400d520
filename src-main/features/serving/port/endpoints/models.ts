import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { JsonObject } from '../json.ts';
import { mayUse, requireModel, type PortCall } from '../portCall.ts';
import { sendJson } from '../sendJson.ts';

/** Those that a key may use and that can be served now. */
export function listModels({ deps, caller }: PortCall): ModelConfig[] {
  return deps.models.list().filter((config) => config.problem === null && mayUse(caller, config));
}

/** GET /v1/models; in Anthropic's words for its clients. */
export function answerModels(call: PortCall): void {
  const models = listModels(call);
  if (call.request.headers['anthropic-version'] === undefined) sendJson(call.response, 200, { object: 'list', data: models.map(toModel) });
  else sendJson(call.response, 200, { data: models.map(toAnthropicModel), has_more: false, first_id: models[0]?.name ?? null, last_id: models.at(-1)?.name ?? null });
}

/** GET /v1/models/{id}. The id may hold slashes. */
export function answerModel(call: PortCall): void {
  const config = requireModel(call, call.params['*'] ?? '');
  sendJson(call.response, 200, call.request.headers['anthropic-version'] === undefined ? toModel(config) : toAnthropicModel(config));
}

function toModel({ name, createdAtMs }: ModelConfig): JsonObject {
  return { id: name, object: 'model', created: Math.floor(createdAtMs / 1_000), owned_by: 'wheelhouse' };
}

function toAnthropicModel({ name, createdAtMs }: ModelConfig): JsonObject {
  return { type: 'model', id: name, display_name: name, created_at: new Date(createdAtMs).toISOString() };
}
