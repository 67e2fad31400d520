import { z } from 'zod';

const kvType = z.enum(['f32', 'f16', 'bf16', 'q8_0', 'q5_1', 'q5_0', 'q4_1', 'q4_0', 'iq4_nl']);

/** What the child process of an embedded engine is told as the first line of its input. Paths are absolute. */
export const engineConfig = z.object({
  /** A local socket's path (a pipe's name on Windows), or a port of 127.0.0.1; 0 takes a free one. */
  listen: z.union([z.object({ socketPath: z.string().min(1) }), z.object({ port: z.int().min(0).max(65_535) })]),
  /** What every request carries as `Authorization: Bearer …`. */
  secret: z.string().min(1),
  /** The id of the model in answers. */
  name: z.string().min(1),
  modelPath: z.string().min(1),
  purpose: z.enum(['generate', 'embed', 'rerank']).default('generate'),
  /** Per slot. */
  contextTokens: z.int().min(16),
  slots: z.int().min(1).max(256).default(1),
  kvTypeK: kvType.default('f16'),
  kvTypeV: kvType.default('f16'),
  /** The kind of device, or false for the processor alone. */
  gpu: z.union([z.enum(['auto', 'cuda', 'vulkan', 'metal']), z.literal(false)]).default(false),
  gpuLayers: z.int().min(0).default(0),
  threads: z.int().min(1),
  batchTokens: z.int().min(32).default(512),
  flashAttention: z.enum(['auto', 'on', 'off']).default('auto'),
  adapters: z.array(z.object({ path: z.string().min(1), scale: z.number() })).default([]),
  /** A template of the user's own in place of the model's. */
  chatTemplate: z.string().nullable().default(null),
});
export type EngineConfig = z.infer<typeof engineConfig>;
export type EngineConfigInput = z.input<typeof engineConfig>;

export const failureReason = z.enum(['out_of_memory', 'unreadable', 'other']);

/** One line of the child's output. llama.cpp's own log goes to its stderr as it is. */
export const engineEvent = z.discriminatedUnion('event', [
  /** It answers HTTP from now on, at first about its loading only. `port` is null for a local socket. */
  z.object({ event: z.literal('listening'), port: z.number().nullable() }),
  z.object({ event: z.literal('progress'), progress: z.number() }),
  z.object({ event: z.literal('ready'), contextTokens: z.number(), gpuLayers: z.number(), layerCount: z.number() }),
  z.object({ event: z.literal('log'), level: z.string(), line: z.string() }),
  /** The last one: it ends with code 1 after it. */
  z.object({ event: z.literal('failed'), reason: failureReason, message: z.string() }),
]);
export type EngineEvent = z.infer<typeof engineEvent>;
