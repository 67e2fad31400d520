import { z } from 'zod';
import { call, stream } from './declare.ts';
import { gpuId } from './ids.ts';
import { leaseRefusal } from './leases.ts';
import { engineKind, modelConfigId } from './modelConfigs.ts';
import { modelVersionId } from './modelIds.ts';

/** Where a model is in its life. */
export const engineState = z.enum(['unloaded', 'queued', 'loading', 'ready', 'busy', 'draining', 'unloading', 'failed']);
export type EngineState = z.infer<typeof engineState>;

export const loadFailure = z.enum(['insufficient_vram', 'out_of_memory', 'stalled', 'crashed', 'unreadable', 'missing_engine', 'unreachable', 'spawn_failed', 'unknown']);
export type LoadFailure = z.infer<typeof loadFailure>;

/** Why an engine is unloaded. */
export const unloadCause = z.enum(['idle', 'evicted', 'superseded', 'asked', 'forced', 'crashed', 'load_failed', 'stopping']);
export type UnloadCause = z.infer<typeof unloadCause>;

/** A configuration as the scheduler sees it. Rates are those of the last minute. */
export const servedModel = z.object({
  configId: modelConfigId, name: z.string(), versionId: modelVersionId.nullable(), engine: engineKind, state: engineState, stateSinceMs: z.number(),
  /** Of 1, while loading; null while the engine does not tell. */
  progress: z.number().nullable(),
  failure: loadFailure.nullable(), failureDetail: z.string().nullable(), exitCode: z.int().nullable(), retryAtMs: z.number().nullable(),
  gpuIds: z.array(gpuId), bookedBytes: z.number(), ramBytes: z.number(), measuredBytes: z.number().nullable(), gpuLayers: z.int().nullable(), layerCount: z.int().nullable(),
  contextTokens: z.int().nullable(), slots: z.int(), busySlots: z.int(), queuedCount: z.int(),
  pid: z.int().nullable(), loadMs: z.number().nullable(), loadCount: z.int(), crashCount: z.int(),
  lastUsedAtMs: z.number().nullable(), unloadAtMs: z.number().nullable(), isPinned: z.boolean(),
  /** Names a load whose configuration is gone or different now: it finishes what it has. Null for what is served. */
  leaving: z.string().nullable(),
  promptTokensPerSecond: z.number().nullable(), tokensPerSecond: z.number().nullable(),
});
export type ServedModel = z.infer<typeof servedModel>;

export const requestState = z.enum(['queued', 'waiting_load', 'prefill', 'generating', 'done', 'failed', 'cancelled']);

/** Why a request has not begun. */
export const waitReason = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('loading'), progress: z.number().nullable() }),
  z.object({ kind: z.literal('slots'), busySlots: z.int() }),
  z.object({ kind: z.literal('draining'), model: z.string() }),
  z.object({ kind: z.literal('fairness'), model: z.string() }),
  z.object({ kind: z.literal('memory'), refusal: leaseRefusal.nullable() }),
  z.object({ kind: z.literal('backoff'), retryAtMs: z.number() }),
]);
export type WaitReason = z.infer<typeof waitReason>;

/** One request at the port. */
export const servingRequest = z.object({
  id: z.string(), endpoint: z.string(), model: z.string(), configId: modelConfigId.nullable(), keyName: z.string().nullable(), client: z.string().nullable(), isStream: z.boolean(),
  state: requestState, waitReason: waitReason.nullable(), position: z.int().nullable(),
  arrivedAtMs: z.number(), startedAtMs: z.number().nullable(), firstTokenAtMs: z.number().nullable(), endedAtMs: z.number().nullable(),
  promptTokens: z.int().nullable(), completionTokens: z.int().nullable(), tokensPerSecond: z.number().nullable(), httpStatus: z.int().nullable(),
  /** Why it failed or was stopped, as its client was told. */
  error: z.object({ code: z.string().nullable(), message: z.string() }).nullable(),
});
export type ServingRequest = z.infer<typeof servingRequest>;

/** Everything at one moment; sent again, whole, at most 4 times a second while something changes. */
export const servingSnapshot = z.object({ takenAtMs: z.number(), address: z.string().nullable(), models: z.array(servedModel), requests: z.array(servingRequest), recent: z.array(servingRequest), queuedCount: z.int(), isLlamaServerThere: z.boolean(), llamaServerVersion: z.string().nullable() });
export type ServingSnapshot = z.infer<typeof servingSnapshot>;

const one = z.object({ model: z.string().min(1).max(300) });

export const serving = {
  list: call({ method: 'GET', path: '/serving', summary: 'What is loaded, what runs, what waits', input: z.object({}), output: servingSnapshot }),
  watch: stream({ path: '/serving/watch', summary: 'The same, live', input: z.object({}), output: servingSnapshot }),
  /** Loads and answers when it is ready. */
  load: call({ method: 'POST', path: '/serving/load', summary: 'Load a model', input: one, output: servedModel, errors: ['serving.model_not_found', 'serving.load_failed', 'lease.insufficient_vram'] }),
  /** Unloads after the drain; `force` aborts what runs. */
  unload: call({ method: 'POST', path: '/serving/unload', summary: 'Unload a model', input: one.extend({ force: z.boolean().default(false) }), output: servedModel, errors: ['serving.model_not_found'] }),
  unloadAll: call({ method: 'POST', path: '/serving/unload-all', summary: 'Unload everything', input: z.object({ force: z.boolean().default(false) }), output: z.object({ unloadedCount: z.int() }) }),
  cancel: call({ method: 'POST', path: '/serving/requests/{request}/cancel', summary: 'Cancel a request', input: z.object({ request: z.string().min(1).max(80) }), output: z.void(), errors: ['serving.request_not_found'] }),
  /** The last lines that an engine printed. */
  log: call({ method: 'GET', path: '/serving/log', summary: 'An engine\'s last lines', input: one, output: z.object({ lines: z.array(z.string()) }), errors: ['serving.model_not_found'] }),
  followLog: stream({ path: '/serving/log/follow', summary: 'An engine\'s lines as they come', input: one, output: z.object({ lines: z.array(z.string()) }), errors: ['serving.model_not_found'] }),
};
