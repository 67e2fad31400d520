import type { Migration } from '../migration.ts';

/** A download with its files as JSON: they are read and written as one. How far each is stands beside its partial file. */
export const addDownloads: Migration = {
  version: 5,
  up: `
    CREATE TABLE downloads (
      id TEXT PRIMARY KEY,
      repo TEXT NOT NULL,
      revision TEXT NOT NULL,
      commit_sha TEXT NOT NULL,
      label TEXT NOT NULL,
      selection TEXT NOT NULL,
      cache TEXT NOT NULL,
      status TEXT NOT NULL,
      problem TEXT,
      problem_detail TEXT,
      retry_at_ms REAL,
      attempt INTEGER NOT NULL,
      files TEXT NOT NULL,
      version_ids TEXT NOT NULL,
      position INTEGER NOT NULL,
      created_at_ms REAL NOT NULL,
      ended_at_ms REAL
    ) STRICT;
  `,
};
