import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { JsonObject } from '../json.ts';
import { mayUse, requireModel, type PortCall } from '../portCall.ts';
import { badRequest } from '../portError.ts';
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

/** The model that was named, in the body or the query; without a name the one that is loaded, or the only one, of those that a key may use. */
export function pickModel(call: PortCall, named: string | null): { model: string; config: ModelConfig } {
  const usable = listModels(call);
  const loaded = new Set(call.deps.control.list().filter(({ state }) => state === 'ready' || state === 'busy').map(({ configId }) => configId));
  const name = named ?? call.query.get('model') ?? pickOnly(usable.filter(({ id }) => loaded.has(id))) ?? pickOnly(usable);
  if (name === null) throw badRequest('You must provide "model": there is more than one.', 'model', 'missing_required_parameter');
  return { model: name, config: requireModel(call, name) };
}

function pickOnly(configs: readonly ModelConfig[]): string | null {
  return configs.length === 1 ? configs[0]?.name ?? null : null;
}

function toModel({ name, createdAtMs }: ModelConfig): JsonObject {
  return { id: name, object: 'model', created: Math.floor(createdAtMs / 1_000), owned_by: 'wheelhouse' };
}

function toAnthropicModel({ name, createdAtMs }: ModelConfig): JsonObject {
  return { type: 'model', id: name, display_name: name, created_at: new Date(createdAtMs).toISOString() };
}
