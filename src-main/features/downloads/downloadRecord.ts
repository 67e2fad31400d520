import { z } from 'zod';
import { download, downloadProblem, downloadSelection, downloadStatus } from '#contract/downloads.ts';
import { downloadId, modelVersionId } from '#contract/modelIds.ts';
import { contentDigest } from '../../platform/transfer/transferMessages.ts';

/** One file of a download as it is kept. `sha256` is null until it has been computed. */
export const downloadFile = z.object({
  path: z.string(), sizeBytes: z.int(), digest: contentDigest, sha256: z.string().nullable(),
  status: download.shape.files.element.shape.status, doneBytes: z.number(),
});
export type DownloadFile = z.infer<typeof downloadFile>;

/** One download as it is kept. */
export const downloadRecord = z.object({
  id: downloadId, repo: z.string(), revision: z.string(), commit: z.string(), label: z.string(), selection: downloadSelection,
  /** The `hub` folder of the Hugging Face layout that it goes to. */
  cache: z.string(),
  status: downloadStatus, problem: downloadProblem.nullable(), problemDetail: z.string().nullable(), retryAtMs: z.number().nullable(), attempt: z.int(),
  files: z.array(downloadFile), versionIds: z.array(modelVersionId), position: z.int(), createdAtMs: z.number(), endedAtMs: z.number().nullable(),
});
export type DownloadRecord = z.infer<typeof downloadRecord>;
