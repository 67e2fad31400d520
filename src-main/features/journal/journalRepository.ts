import { z } from 'zod';
import type { JournalEntry } from '#contract/journal.ts';
import { journalEntry } from '#contract/journal.ts';
import type { Database } from '../../platform/sqlite/database.ts';

const row = z.object({
  id: z.int(), at_ms: z.number(), event: z.string(), subject_kind: z.string(), subject_id: z.string().nullable(), subject_name: z.string().nullable(),
  from_state: z.string().nullable(), to_state: z.string().nullable(), cause: z.string().nullable(), details: z.string(),
});

/** The only file with SQL on `journal`. */
export class JournalRepository {
  readonly #insert;
  readonly #newest;
  readonly #before;
  readonly #deleteOlder;

  constructor(database: Database) {
    this.#insert = database.prepare<[number, string, string, string | null, string | null, string | null, string | null, string | null, string]>(
      'INSERT INTO journal (at_ms, event, subject_kind, subject_id, subject_name, from_state, to_state, cause, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#newest = database.prepare<[string | null, string | null, number]>('SELECT * FROM journal WHERE (? IS NULL OR subject_id = ?) ORDER BY id DESC LIMIT ?');
    this.#before = database.prepare<[number, string | null, string | null, number]>('SELECT * FROM journal WHERE id < ? AND (? IS NULL OR subject_id = ?) ORDER BY id DESC LIMIT ?');
    this.#deleteOlder = database.prepare<[number]>('DELETE FROM journal WHERE at_ms < ?');
  }

  add(entry: Omit<JournalEntry, 'id'>): JournalEntry {
    const { lastInsertRowid } = this.#insert.run(entry.atMs, entry.event, entry.subjectKind, entry.subjectId, entry.subjectName, entry.from, entry.to, entry.cause, JSON.stringify(entry.details));
    return { ...entry, id: Number(lastInsertRowid) };
  }

  /** Newest first. */
  list({ beforeId, subjectId, limit }: { beforeId?: number | undefined; subjectId?: string | undefined; limit: number }): JournalEntry[] {
    const subject = subjectId ?? null;
    const rows = beforeId === undefined ? this.#newest.all(subject, subject, limit) : this.#before.all(beforeId, subject, subject, limit);
    return rows.map((raw) => toEntry(row.parse(raw)));
  }

  deleteOlderThan(atMs: number): number {
    return this.#deleteOlder.run(atMs).changes;
  }
}

function toEntry(raw: z.infer<typeof row>): JournalEntry {
  return journalEntry.parse({
    id: raw.id, atMs: raw.at_ms, event: raw.event, subjectKind: raw.subject_kind, subjectId: raw.subject_id, subjectName: raw.subject_name,
    from: raw.from_state, to: raw.to_state, cause: raw.cause, details: JSON.parse(raw.details) as unknown,
  });
}
