import { z } from 'zod';
import { call, stream } from './declare.ts';
import { hubErrors } from './hub.ts';
import { downloadId, modelVersionId, repoName, revisionName } from './modelIds.ts';

/** What of a repository: a quantisation or `safetensors`, or files by patterns (`*` and `**`). */
export const downloadSelection = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('recommended') }),
  z.object({ kind: z.literal('label'), label: z.string().min(1).max(120), withMmproj: z.boolean().default(true) }),
  z.object({ kind: z.literal('patterns'), include: z.array(z.string().max(300)).max(100), exclude: z.array(z.string().max(300)).max(100).default([]) }),
]);
export type DownloadSelection = z.infer<typeof downloadSelection>;

export const downloadStatus = z.enum(['queued', 'resolving', 'downloading', 'verifying', 'paused', 'waiting', 'done', 'failed']);

export const downloadProblem = z.enum(['unreachable', 'gated', 'not_found', 'rate_limited', 'disk_full', 'changed_upstream', 'wrong_sha256', 'protocol', 'not_writable']);

/** One download. `waiting`: backs off until `retryAtMs`. `reusedBytes`: found on this machine, not fetched. */
export const download = z.object({
  id: downloadId, repo: z.string(), revision: z.string(), commit: z.string().nullable(), label: z.string(), folder: z.string().nullable(),
  status: downloadStatus, problem: downloadProblem.nullable(), problemDetail: z.string().nullable(), retryAtMs: z.number().nullable(), attempt: z.int(),
  totalBytes: z.number().nullable(), doneBytes: z.number(), reusedBytes: z.number(), bytesPerSecond: z.number(), etaMs: z.number().nullable(),
  files: z.array(z.object({ path: z.string(), sizeBytes: z.number().nullable(), doneBytes: z.number(), status: z.enum(['queued', 'downloading', 'verifying', 'done', 'reused', 'quarantined']) })),
  versionIds: z.array(modelVersionId), createdAtMs: z.number(), endedAtMs: z.number().nullable(), position: z.int(),
});
export type Download = z.infer<typeof download>;

export const downloadChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot'), downloads: z.array(download) }),
  z.object({ kind: z.literal('changed'), download }),
  z.object({ kind: z.literal('removed'), downloadId }),
]);
export type DownloadChange = z.infer<typeof downloadChange>;

const one = z.object({ download: z.string().min(1).max(80) });
const missing = ['download.not_found'] as const;

export const downloads = {
  list: call({ method: 'GET', path: '/downloads', summary: 'Downloads, newest first', input: z.object({}), output: z.array(download) }),
  get: call({ method: 'GET', path: '/downloads/{download}', summary: 'One download', input: one, output: download, errors: missing }),
  /** Puts a download into the queue; the same one asked for twice is one. */
  pull: call({ method: 'POST', path: '/downloads', summary: 'Pull a model', input: z.object({ repo: repoName, revision: revisionName.default('main'), selection: downloadSelection.default({ kind: 'recommended' }) }), output: download, errors: [...hubErrors, 'download.nothing_selected', 'disk.full'] }),
  pause: call({ method: 'POST', path: '/downloads/{download}/pause', summary: 'Pause', input: one, output: download, errors: missing }),
  /** Goes on where it stopped; also after a failure. */
  resume: call({ method: 'POST', path: '/downloads/{download}/resume', summary: 'Go on', input: one, output: download, errors: missing }),
  /** First in the queue. */
  promote: call({ method: 'POST', path: '/downloads/{download}/promote', summary: 'Next in the queue', input: one, output: download, errors: missing }),
  /** Ends it and deletes what is unfinished; a finished one only leaves the list. */
  remove: call({ method: 'DELETE', path: '/downloads/{download}', summary: 'Cancel or take off the list', input: one, output: z.void(), errors: missing }),
  watch: stream({ path: '/downloads/watch', summary: 'Live list', input: z.object({}), output: downloadChange }),
};
