import { z } from 'zod';
import { downloadProblem } from '#contract/downloads.ts';

/** What the bytes must hash to: the sha256 of the content, or git's own id of a blob with the content. */
export const contentDigest = z.object({ algorithm: z.enum(['sha256', 'git']), hex: z.string().regex(/^[0-9a-f]{40,64}$/) });
export type ContentDigest = z.infer<typeof contentDigest>;

/** One file to bring to `targetPath`. */
export const transferJob = z.object({
  url: z.url({ protocol: /^https?$/ }),
  /** Sent to the url's own origin only, except for `User-Agent`. */
  headers: z.record(z.string(), z.string()),
  sizeBytes: z.int().min(0),
  digest: contentDigest,
  /** Files on this machine that should hold the same bytes; linked or copied after they were verified. */
  reuse: z.array(z.string()),
  /** Bytes on their way; beside it lies `….progress`. */
  partialPath: z.string(),
  targetPath: z.string(),
  /** Where bytes of a wrong digest are kept aside. */
  quarantinePath: z.string(),
  parallelParts: z.int().min(1).max(32),
  /** The address names content that never changes: other content is refused and not fetched anew. */
  isPinned: z.boolean(),
});
export type TransferJob = z.infer<typeof transferJob>;

export const transferStage = z.enum(['downloading', 'verifying', 'quarantined']);

/** How far one file is. `fetchedBytes`: came over the network since the job began. */
export const transferProgress = z.object({ stage: transferStage, doneBytes: z.number(), fetchedBytes: z.number(), hashedBytes: z.number() });
export type TransferProgress = z.infer<typeof transferProgress>;

/** What became of one file. */
export const transferResult = z.object({ how: z.enum(['fetched', 'reused']), sha256: z.string(), fetchedBytes: z.number() });
export type TransferResult = z.infer<typeof transferResult>;

/** What the backend asks of the process that fetches. */
export type TransferRequest = { kind: 'run'; id: number; job: TransferJob } | { kind: 'cancel'; id: number } | { kind: 'limit'; bytesPerSecond: number };

/** What it answers. */
export const transferReply = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), id: z.int(), progress: transferProgress }),
  z.object({ kind: z.literal('done'), id: z.int(), result: transferResult }),
  z.object({ kind: z.literal('cancelled'), id: z.int() }),
  z.object({ kind: z.literal('failed'), id: z.int(), problem: downloadProblem, detail: z.string(), retryAfterMs: z.number().nullable() }),
]);
export type TransferReply = z.infer<typeof transferReply>;
