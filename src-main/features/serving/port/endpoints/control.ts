import { hasCode } from '#contract/errors.ts';
import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { ServedModel } from '#contract/serving.ts';
import { askEngine, readJson } from '../exchange/engineCall.ts';
import { isConnectionError } from '../exchange/failures.ts';
import { asObject, asString, type JsonObject } from '../json.ts';
import { mayUse, requireModel, type PortCall } from '../portCall.ts';
import type { PortDeps } from '../portDeps.ts';
import { createProblem, MODEL_UNLOADED, PortError, SHUTTING_DOWN, type PortProblem } from '../portError.ts';
import { parseBody, requireString } from '../requestBody.ts';
import { sendJson } from '../sendJson.ts';
import { pickModel } from './models.ts';

const LIVE = new Set<ServedModel['state']>(['queued', 'loading', 'ready', 'busy', 'draining', 'unloading']);

/** GET /running */
export function answerRunning(call: PortCall): void {
  sendJson(call.response, 200, { running: listVisible(call).filter(({ state }) => LIVE.has(state)).map(toRunning) });
}

/** What a key may see. */
export function listVisible({ deps, caller }: PortCall): ServedModel[] {
  return deps.control.list().filter(({ name }) => {
    const config = deps.models.find(name);
    return config !== null && mayUse(caller, config);
  });
}

export function toRunning({ name, state, engine, progress, contextTokens, slots, busySlots, queuedCount, bookedBytes, ramBytes, gpuIds, pid, unloadAtMs, failure, failureDetail }: ServedModel): JsonObject {
  return {
    model: name, state, engine, progress, context_per_slot: contextTokens, slots, busy_slots: busySlots, queued: queuedCount, vram_bytes: bookedBytes, ram_bytes: ramBytes, gpus: gpuIds, pid,
    unload_at: unloadAtMs === null ? null : new Date(unloadAtMs).toISOString(), failure, failure_detail: failureDetail,
  };
}

/** POST /models/load: answers when it is ready. */
export async function answerLoad(call: PortCall): Promise<void> {
  const config = requireModel(call, requireString(parseBody(call.body), 'model'));
  sendJson(call.response, 200, { success: true, ...toRunning(await loadModel(call, config)) });
}

/** What kept a load back and may be over soon. */
const PASSING: Readonly<Record<string, PortProblem>> = {
  gpu_busy: createProblem(503, 'gpu_busy', 'There is no room while other work holds the memory that it needs.', { retryAfterMs: 15_000 }),
  shutting_down: SHUTTING_DOWN,
  model_unloaded: MODEL_UNLOADED,
};

/** @throws PortError when it cannot be loaded */
export async function loadModel({ deps }: { deps: { control: Pick<PortDeps['control'], 'load'> } }, config: ModelConfig): Promise<ServedModel> {
  try {
    return await deps.control.load(config);
  } catch (error) {
    if (hasCode(error, 'lease.insufficient_vram')) throw new PortError(createProblem(500, 'insufficient_vram', error.message, { shouldRetry: false }), { cause: error });
    if (hasCode(error, 'serving.load_failed')) throw new PortError(PASSING[error.details.failure] ?? createProblem(500, 'load_failed', `${config.name} could not be loaded: ${error.details.detail}`, { shouldRetry: false }), { cause: error });
    throw error;
  }
}

/** POST /models/unload: one, or all when none is named; answers after the drain. */
export async function answerUnload(call: PortCall): Promise<void> {
  const asked = call.body === undefined || call.body.byteLength === 0 ? {} : parseBody(call.body);
  const name = asString(asked['model']);
  const configs = name === null ? listVisible(call).filter(({ state }) => LIVE.has(state)).flatMap((model) => call.deps.models.find(model.name) ?? []) : [requireModel(call, name)];
  const unloaded = await Promise.all(configs.map((config) => call.deps.control.unload(config, { force: asked['force'] === true })));
  sendJson(call.response, 200, { success: true, unloaded: unloaded.map(toRunning) });
}

/** POST /cancel: `{"id": "req_…"}`, the X-Request-Id of the request. Whoever may not manage cancels only what is their own. */
export function answerCancel(call: PortCall): void {
  const asked = parseBody(call.body);
  const id = asString(asked['request_id']) ?? requireString(asked, 'id');
  const exchange = call.deps.book.get(id);
  const isAllowed = exchange !== null && (call.caller.scopes.includes('manage') || exchange.facts.keyId === call.caller.keyId);
  if (!isAllowed || !call.deps.book.cancel(id)) throw new PortError(createProblem(404, 'request_not_found', 'No such request is under way.', { param: 'id' }));
  sendJson(call.response, 200, { success: true, id });
}

/** GET /props, /slots and /lora-adapters: of a loaded model, without keeping it or loading it. */
export function answerFacts(path: '/props' | '/slots' | '/lora-adapters'): (call: PortCall) => Promise<void> {
  return async (call) => {
    const { model, config } = pickModel(call, null);
    const place = call.deps.control.getEndpoint(config.id);
    if (place === null) throw new PortError(createProblem(503, 'model_not_loaded', `The model "${model}" is not loaded; asking for its state does not load it.`, { param: 'model', shouldRetry: false }));
    const leaving = new AbortController();
    call.response.once('close', () => { leaving.abort(); });
    try {
      const facts = await readJson(await askEngine(call.deps, { slot: place, signal: leaving.signal }, { method: 'GET', path, body: null }));
      sendJson(call.response, 200, Array.isArray(facts) ? facts : asObject(facts));
    } catch (error) {
      if (leaving.signal.aborted) return;
      throw isConnectionError(error) ? new PortError(createProblem(502, 'engine_crashed', `The engine broke off: ${error.code}.`), { cause: error }) : error;
    }
  };
}
