import type { Migration } from '../migration.ts';

export const addJournalAndSettings: Migration = {
  version: 1,
  up: `
    CREATE TABLE journal (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at_ms INTEGER NOT NULL,
      event TEXT NOT NULL,
      subject_kind TEXT NOT NULL,
      subject_id TEXT,
      subject_name TEXT,
      from_state TEXT,
      to_state TEXT,
      cause TEXT,
      details TEXT NOT NULL DEFAULT '{}'
    ) STRICT;
    CREATE INDEX journal_by_subject ON journal (subject_id, id);
    CREATE INDEX journal_by_time ON journal (at_ms);
    CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL, changed_at_ms INTEGER NOT NULL) STRICT;
    CREATE TABLE views (name TEXT PRIMARY KEY, value TEXT NOT NULL, changed_at_ms INTEGER NOT NULL) STRICT;
  `,
};
