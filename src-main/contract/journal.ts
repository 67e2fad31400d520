import { z } from 'zod';
import { call, stream } from './declare.ts';

/** What is written into the journal now; rows of before may hold others. */
export const journalEvents = [
  'backend.started', 'backend.database_damaged', 'setting.changed',
  'instance.created', 'instance.changed', 'instance.deleted', 'instance.restored', 'instance.purged', 'instance.adopted', 'instance.status', 'instance.health', 'run.strays_found',
  'lease.granted', 'lease.released', 'lease.refused', 'lease.waiting', 'alert.raised', 'alert.cleared',
  'model.added', 'model.removed', 'model.status', 'model.health', 'model.quarantined', 'model.alias', 'model.role', 'download.queued', 'download.status', 'download.removed',
  'config.created', 'config.changed', 'config.removed', 'engine.loaded', 'engine.unloaded', 'engine.failed', 'engine.crashed', 'key.created', 'key.changed', 'key.revoked',
] as const;
export type JournalEvent = (typeof journalEvents)[number];

/** One row of the journal: every change of status is one. `details` holds names and numbers, never prose. */
export const journalEntry = z.object({
  id: z.int(),
  atMs: z.number(),
  /** A dotted event name, such as `instance.status` or `setting.changed`. */
  event: z.string(),
  subjectKind: z.enum(['instance', 'run', 'blueprint', 'setting', 'terminal', 'backend', 'gpu', 'alert', 'model', 'download', 'engine', 'key']),
  subjectId: z.string().nullable(),
  subjectName: z.string().nullable(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  cause: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});
export type JournalEntry = z.infer<typeof journalEntry>;

export const journalChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot'), entries: z.array(journalEntry) }),
  z.object({ kind: z.literal('added'), entry: journalEntry }),
]);
export type JournalChange = z.infer<typeof journalChange>;

export const journal = {
  list: call({ method: 'GET', path: '/journal', summary: 'Entries, newest first', input: z.object({ beforeId: z.int().optional(), subjectId: z.string().optional(), limit: z.int().min(1).max(1000).default(200) }), output: z.array(journalEntry) }),
  watch: stream({ path: '/journal/watch', summary: 'The last 200 entries, then each new one', input: z.object({}), output: journalChange }),
};
