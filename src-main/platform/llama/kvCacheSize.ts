import { z } from 'zod';
import type { KvType } from '#contract/fits.ts';

/** Bytes per element: a block's bytes by its elements. Source: ggml-common.h, llama.cpp v0.4.0. */
const bytesPerElement: Readonly<Record<KvType, number>> = { f32: 4, f16: 2, bf16: 2, q8_0: 34 / 32, q5_1: 24 / 32, q5_0: 22 / 32, q4_1: 20 / 32, q4_0: 18 / 32, iq4_nl: 18 / 32 };
const CELL_STEP = 256;

const perLayer = z.union([z.number(), z.array(z.number())]);
const attention = z.looseObject({
  block_count: z.number(),
  embedding_length: z.number(),
  attention: z.looseObject({
    head_count: perLayer,
    head_count_kv: perLayer.optional(),
    key_length: z.number().optional(),
    value_length: z.number().optional(),
    kv_lora_rank: z.undefined().optional(),
  }),
});

/** The cells of a cache: llama.cpp rounds each slot's context up to 256. */
export function countCacheCells(contextTokens: number, slots: number): number {
  return Math.ceil(contextTokens / CELL_STEP) * CELL_STEP * slots;
}

/**
 * The bytes of a cache of keys and values by where its layers lie; the last `gpuLayers - 1` layers are on the GPU, the
 * first GPU layer being the output. Null for metadata of another kind of attention.
 * Source: llama_kv_cache and llama_model::load_tensors, llama.cpp v0.4.0. Checked by: test/integration/llamaEstimate.test.ts.
 */
export function toCacheSplit(metadata: unknown, { cells, kvTypeK, kvTypeV, gpuLayers }: { cells: number; kvTypeK: KvType; kvTypeV: KvType; gpuLayers: number }): { gpu: number; cpu: number } | null {
  const parsed = attention.safeParse(metadata).data;
  if (!parsed) return null;
  const { block_count: layers, embedding_length: embedding, attention: facts } = parsed;
  const at = (value: number | readonly number[], layer: number): number => (typeof value === 'number' ? value : value[layer] ?? 0);
  const split = { gpu: 0, cpu: 0 };
  for (let layer = 0; layer < layers; layer += 1) {
    const heads = at(facts.head_count, layer);
    const kvHeads = at(facts.head_count_kv ?? facts.head_count, layer);
    const size = embedding / Math.max(1, heads);
    const bytes = cells * kvHeads * ((facts.key_length ?? size) * bytesPerElement[kvTypeK] + (facts.value_length ?? size) * bytesPerElement[kvTypeV]);
    split[layer >= layers + 1 - gpuLayers ? 'gpu' : 'cpu'] += bytes;
  }
  return split;
}
