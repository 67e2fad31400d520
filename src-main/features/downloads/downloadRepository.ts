import { z } from 'zod';
import type { Database } from '../../platform/sqlite/database.ts';
import { downloadRecord, type DownloadRecord } from './downloadRecord.ts';

const row = z.object({
  id: z.string(), repo: z.string(), revision: z.string(), commit_sha: z.string(), label: z.string(), selection: z.string(), cache: z.string(),
  status: z.string(), problem: z.string().nullable(), problem_detail: z.string().nullable(), retry_at_ms: z.number().nullable(), attempt: z.int(),
  files: z.string(), version_ids: z.string(), position: z.int(), created_at_ms: z.number(), ended_at_ms: z.number().nullable(),
});

/** The only file with SQL on `downloads`. */
export class DownloadRepository {
  readonly #save;
  readonly #list;
  readonly #delete;

  constructor(database: Database) {
    this.#save = database.prepare<[z.infer<typeof row>]>(`
      INSERT INTO downloads (id, repo, revision, commit_sha, label, selection, cache, status, problem, problem_detail, retry_at_ms, attempt, files, version_ids, position, created_at_ms, ended_at_ms)
      VALUES (@id, @repo, @revision, @commit_sha, @label, @selection, @cache, @status, @problem, @problem_detail, @retry_at_ms, @attempt, @files, @version_ids, @position, @created_at_ms, @ended_at_ms)
      ON CONFLICT (id) DO UPDATE SET commit_sha = @commit_sha, status = @status, problem = @problem, problem_detail = @problem_detail, retry_at_ms = @retry_at_ms,
        attempt = @attempt, files = @files, version_ids = @version_ids, position = @position, ended_at_ms = @ended_at_ms`);
    this.#list = database.prepare<[]>('SELECT * FROM downloads ORDER BY created_at_ms, id');
    this.#delete = database.prepare<[string]>('DELETE FROM downloads WHERE id = ?');
  }

  /** Oldest first. */
  list(): DownloadRecord[] {
    return this.#list.all().map((raw) => toRecord(row.parse(raw)));
  }

  save(record: DownloadRecord): void {
    this.#save.run({
      id: record.id, repo: record.repo, revision: record.revision, commit_sha: record.commit, label: record.label, selection: JSON.stringify(record.selection), cache: record.cache,
      status: record.status, problem: record.problem, problem_detail: record.problemDetail, retry_at_ms: record.retryAtMs, attempt: record.attempt,
      files: JSON.stringify(record.files), version_ids: JSON.stringify(record.versionIds), position: record.position, created_at_ms: record.createdAtMs, ended_at_ms: record.endedAtMs,
    });
  }

  delete(id: string): void {
    this.#delete.run(id);
  }
}

function toRecord(raw: z.infer<typeof row>): DownloadRecord {
  return downloadRecord.parse({
    id: raw.id, repo: raw.repo, revision: raw.revision, commit: raw.commit_sha, label: raw.label, selection: JSON.parse(raw.selection) as unknown, cache: raw.cache,
    status: raw.status, problem: raw.problem, problemDetail: raw.problem_detail, retryAtMs: raw.retry_at_ms, attempt: raw.attempt,
    files: JSON.parse(raw.files) as unknown, versionIds: JSON.parse(raw.version_ids) as unknown, position: raw.position, createdAtMs: raw.created_at_ms, endedAtMs: raw.ended_at_ms,
  });
}
