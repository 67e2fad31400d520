import { z } from 'zod';

/** A model's id: one family member in one size and tuning, whatever its quantisations. */
export const modelId = z.string().min(1).max(80).brand<'ModelId'>();
export type ModelId = z.infer<typeof modelId>;

/** A version's id: one set of files that never changes. */
export const modelVersionId = z.string().min(1).max(80).brand<'ModelVersionId'>();
export type ModelVersionId = z.infer<typeof modelVersionId>;

/** Names one version: by role, alias, version id, `model:QUANT` or model name, in this order. */
export const modelReference = z.string().min(1).max(300);

export const downloadId = z.string().min(1).max(80).brand<'DownloadId'>();
export type DownloadId = z.infer<typeof downloadId>;

/** A hub repository, `owner/name`. */
export const repoName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,95}\/[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/).refine((text) => !text.includes('..') && !text.includes('--'), 'not a repository name');

/** A branch, tag or commit of a repository. */
export const revisionName = z.string().min(1).max(120).regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/).refine((text) => !text.includes('..'), 'not a revision');
