import { z } from 'zod';
import { gpu } from '#contract/gpus.ts';

/** What the backend asks of the reading process. */
export const nvmlRequest = z.object({ id: z.int() });
export type NvmlRequest = z.infer<typeof nvmlRequest>;

/** What it answers. `unusable`: the driver or the library cannot be read at all, and the process ends. */
export const nvmlReply = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('reading'), id: z.int(), gpus: z.array(gpu) }),
  z.object({ kind: z.literal('failed'), id: z.int(), reason: z.string() }),
  z.object({ kind: z.literal('unusable'), reason: z.string(), code: z.int().nullable() }),
]);
export type NvmlReply = z.infer<typeof nvmlReply>;
