import { z } from 'zod';
import { call } from './declare.ts';
import { gpuId } from './ids.ts';
import { leaseHolder } from './leases.ts';
import { modelReference, repoName, revisionName } from './modelIds.ts';

/** How the KV cache stores its numbers. */
export const kvType = z.enum(['f32', 'f16', 'bf16', 'q8_0', 'q5_1', 'q5_0', 'q4_1', 'q4_0', 'iq4_nl']);
export type KvType = z.infer<typeof kvType>;

/** How a model is to be loaded, as far as memory goes. `contextTokens` counts per slot; null is the model's own, at most 8192. */
export const loadShape = z.object({
  contextTokens: z.int().min(128).max(16_777_216).nullable().default(null),
  slots: z.int().min(1).max(256).default(1),
  kvTypeK: kvType.default('f16'),
  kvTypeV: kvType.default('f16'),
  /** Null: as many as fit. */
  gpuLayers: z.int().min(0).max(1_000).nullable().default(null),
  gpuIds: z.array(gpuId).max(64).nullable().default(null),
  /** Tokens that are worked on at once: the compute buffers grow with them. */
  batchTokens: z.int().min(32).max(16_384).default(512),
  flashAttention: z.enum(['auto', 'on', 'off']).default('auto'),
});
export type LoadShape = z.infer<typeof loadShape>;

/** Something that would make it fit. */
export const fitAdvice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('context'), contextTokens: z.int() }),
  z.object({ kind: z.literal('kv_type'), kvType }),
  z.object({ kind: z.literal('layers'), gpuLayers: z.int() }),
  z.object({ kind: z.literal('quantisation'), quantisation: z.string() }),
  z.object({ kind: z.literal('stop'), holder: leaseHolder, freesBytes: z.number() }),
  z.object({ kind: z.literal('memory'), missingBytes: z.number() }),
]);
export type FitAdvice = z.infer<typeof fitAdvice>;

/** Bytes on one side. */
const need = z.object({ weightsBytes: z.number(), kvBytes: z.number(), computeBytes: z.number(), overheadBytes: z.number(), totalBytes: z.number() });
export type MemoryNeed = z.infer<typeof need>;

/**
 * Whether a model fits now. `fits`: whole on the GPU, or whole in RAM where there is no GPU; `partly`: some layers in RAM;
 * `unknown`: its header could not be read. `correction` is what measured loads taught, 1 while there are none.
 */
export const fit = z.object({
  verdict: z.enum(['fits', 'partly', 'no', 'unknown']),
  gpu: need, ram: need,
  gpuLayers: z.int(), layerCount: z.int(),
  contextTokens: z.int(), maxContextTokens: z.int().nullable(),
  devices: z.array(z.object({ gpuId, index: z.int(), name: z.string(), totalBytes: z.number(), freeBytes: z.number() })),
  freeRamBytes: z.number(), totalRamBytes: z.number(),
  advice: z.array(fitAdvice),
  correction: z.number(), measuredCount: z.int(),
  source: z.enum(['insights', 'fit_params', 'file_size']),
});
export type Fit = z.infer<typeof fit>;

export const fits = {
  estimate: call({ method: 'POST', path: '/fits', summary: 'Whether a version fits, and what would make it fit', input: z.object({ model: modelReference, load: loadShape.prefault({}) }), output: fit, errors: ['model.not_found', 'model.unreadable'] }),
  /** The same for a file on the hub, from its header alone. */
  estimateRemote: call({ method: 'POST', path: '/fits/remote', summary: 'Whether a file of the hub would fit', input: z.object({ repo: repoName, revision: revisionName.default('main'), path: z.string().max(1_000), load: loadShape.prefault({}) }), output: fit, errors: ['hub.unreachable', 'hub.not_found', 'hub.gated', 'hub.rate_limited', 'hub.protocol', 'model.unreadable'] }),
};
