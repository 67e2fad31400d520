import { z } from 'zod';
import { kvType } from '#contract/fits.ts';

/** What is asked of the estimating process. */
export const estimateQuestion = z.object({
  /** The first file of the weights. */
  path: z.string().min(1),
  /** A header alone, of a file that lies elsewhere: `path` then is where its bytes may be put, and this is its whole size. */
  sizeBytes: z.number().nullable().default(null),
  /** Per slot; null is the model's own, at most 8192. */
  contextTokens: z.int().min(1).nullable().default(null),
  slots: z.int().min(1).max(256).default(1),
  kvTypeK: kvType.default('f16'),
  kvTypeV: kvType.default('f16'),
  flashAttention: z.enum(['auto', 'on', 'off']).default('auto'),
  batchTokens: z.int().min(1).default(512),
  /** Whether it only embeds or ranks. */
  isEmbedding: z.boolean().default(false),
  /** Which numbers of layers on GPUs to tell the need for; null for every one from none to all. */
  gpuLayers: z.array(z.int().min(0)).nullable().default(null),
});
export type EstimateQuestion = z.infer<typeof estimateQuestion>;

const sides = z.object({ gpu: z.number(), cpu: z.number() });

/** Bytes for so many layers on GPUs. */
const estimateStep = z.object({ gpuLayers: z.int(), weightsBytes: sides, kvBytes: sides, computeBytes: sides });
export type EstimateStep = z.infer<typeof estimateStep>;

/** What a model takes. `layerCount` counts the output layer, as llama.cpp does. */
export const ggufEstimate = z.object({
  steps: z.array(estimateStep).min(1),
  layerCount: z.int(),
  contextTokens: z.int(),
  /** What it was trained for; null where its header does not say. */
  maxContextTokens: z.int().nullable(),
});
export type GgufEstimate = z.infer<typeof ggufEstimate>;

export const estimateRequest = z.object({ id: z.int(), question: estimateQuestion });
export const estimateReply = z.union([
  z.object({ id: z.int(), estimate: ggufEstimate }),
  z.object({ id: z.int(), refusal: z.string() }),
]);
