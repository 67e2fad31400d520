import { z } from 'zod';
import { changeOf } from './changeOf.ts';
import { call, stream } from './declare.ts';
import { kvType } from './fits.ts';
import { gpuId } from './ids.ts';
import { modelReference, modelVersionId } from './modelIds.ts';

export const modelConfigId = z.string().min(1).max(80).brand<'ModelConfigId'>();
export type ModelConfigId = z.infer<typeof modelConfigId>;

/** What runs the model. `auto`: llama-server where it is there, else the embedded engine, for GGUF; a container for the rest. With `external` or `container`, `auto` becomes that. */
export const engineKind = z.enum(['embedded', 'llama-server', 'container', 'external']);
export type EngineKind = z.infer<typeof engineKind>;

/** Defaults for what a request leaves out; null leaves it to the engine. */
export const samplingDefaults = z.object({
  temperature: z.number().min(0).max(5).nullable().default(null),
  topP: z.number().min(0).max(1).nullable().default(null),
  topK: z.int().min(0).max(1_000).nullable().default(null),
  minP: z.number().min(0).max(1).nullable().default(null),
  repeatPenalty: z.number().min(0).max(5).nullable().default(null),
  maxTokens: z.int().min(1).nullable().default(null),
  seed: z.int().nullable().default(null),
});
export type SamplingDefaults = z.infer<typeof samplingDefaults>;

/** How one model is loaded and served; what a request says never changes it. */
export const modelConfigSettings = z.object({
  /** The id under which clients ask for it. */
  name: z.string().trim().min(1).max(200).regex(/^[\p{L}\p{N}][\p{L}\p{N}._/:@+-]*$/u),
  aliases: z.array(z.string().trim().min(1).max(200).regex(/^[\p{L}\p{N}][\p{L}\p{N}._/:@+-]*$/u)).max(20).default([]),
  /** A version, alias or role; a role is looked up at each load. Null for an engine that has its own. */
  model: modelReference.nullable().default(null),
  engine: engineKind.or(z.literal('auto')).default('auto'),
  /** Per slot. Null: the model's own, at most 8192, made smaller if it must. */
  contextTokens: z.int().min(128).max(16_777_216).nullable().default(null),
  slots: z.int().min(1).max(256).default(4),
  kvTypeK: kvType.default('f16'),
  kvTypeV: kvType.default('f16'),
  gpuLayers: z.int().min(0).max(1_000).nullable().default(null),
  gpuIds: z.array(gpuId).max(64).nullable().default(null),
  splitMode: z.enum(['none', 'layer', 'row']).default('layer'),
  tensorSplit: z.array(z.number().min(0)).max(64).nullable().default(null),
  /** Whether layers may stay in RAM when the GPUs lack room. */
  mayUseRam: z.boolean().default(true),
  threads: z.int().min(1).max(512).nullable().default(null),
  batchTokens: z.int().min(32).max(16_384).default(512),
  flashAttention: z.enum(['auto', 'on', 'off']).default('auto'),
  /** A template of one's own in place of the model's. */
  chatTemplate: z.string().max(200_000).nullable().default(null),
  systemPrompt: z.string().max(100_000).nullable().default(null),
  sampling: samplingDefaults.prefault({}),
  adapters: z.array(z.object({ model: modelReference, scale: z.number().min(-10).max(10).default(1) })).max(16).default([]),
  mmproj: modelReference.nullable().default(null),
  /** A small model that proposes tokens. */
  draft: z.object({ model: modelReference, maxTokens: z.int().min(1).max(64).default(16), minTokens: z.int().min(0).max(64).default(0) }).nullable().default(null),
  /** Unloads this long after the end of the last request; 0 at once, -1 never, null as the setting says. */
  ttlSeconds: z.int().min(-1).max(31_536_000).nullable().default(null),
  /** Never unloaded to make room. */
  isPinned: z.boolean().default(false),
  isPreloaded: z.boolean().default(false),
  priority: z.int().min(-10).max(10).default(0),
  /** Free arguments of a llama-server, behind the typed ones. */
  extraArgs: z.array(z.string().max(2_000)).max(100).default([]),
  container: z.object({ image: z.string().max(400), args: z.array(z.string().max(2_000)).max(100).default([]), port: z.int().min(1).max(65_535).default(8000), environment: z.record(z.string(), z.string()).default({}) }).nullable().default(null),
  external: z.object({ baseUrl: z.url({ protocol: /^https?$/ }), keyVariable: z.string().regex(/^[A-Z][A-Z0-9_]*$/).nullable().default(null), model: z.string().max(400).nullable().default(null) }).nullable().default(null),
  isEnabled: z.boolean().default(true),
});
export type ModelConfigSettings = z.infer<typeof modelConfigSettings>;

/** A configuration; an `isImplicit` one stands for a servable version by itself until it is changed. Others may stand beside it. */
export const modelConfig = modelConfigSettings.extend({
  id: modelConfigId, versionId: modelVersionId.nullable(), isImplicit: z.boolean(), createdAtMs: z.number(), updatedAtMs: z.number(),
  /** Why it cannot be served now. */
  problem: z.enum(['model_gone', 'no_engine', 'unsupported_format', 'disabled', 'quarantined']).nullable(),
});
export type ModelConfig = z.infer<typeof modelConfig>;

export const modelConfigChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot'), configs: z.array(modelConfig) }),
  z.object({ kind: z.literal('changed'), config: modelConfig }),
  z.object({ kind: z.literal('removed'), configId: modelConfigId }),
]);
export type ModelConfigChange = z.infer<typeof modelConfigChange>;

const one = z.object({ config: z.string().min(1).max(200) });
const bad = ['model.not_found', 'config.name_taken', 'config.invalid'] as const;

export const modelConfigs = {
  list: call({ method: 'GET', path: '/configs', summary: 'Model configurations', input: z.object({}), output: z.array(modelConfig) }),
  get: call({ method: 'GET', path: '/configs/{config}', summary: 'One configuration', input: one, output: modelConfig, errors: ['config.not_found'] }),
  create: call({ method: 'POST', path: '/configs', summary: 'Make a configuration', input: modelConfigSettings.partial().required({ name: true }), output: modelConfig, errors: bad }),
  update: call({ method: 'PATCH', path: '/configs/{config}', summary: 'Change a configuration', input: one.extend({ set: changeOf(modelConfigSettings) }), output: modelConfig, errors: [...bad, 'config.not_found'] }),
  remove: call({ method: 'DELETE', path: '/configs/{config}', summary: 'Delete a configuration', input: one, output: z.void(), errors: ['config.not_found'] }),
  watch: stream({ path: '/configs/watch', summary: 'Live list', input: z.object({}), output: modelConfigChange }),
};
