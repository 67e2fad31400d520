import type { Migration } from '../migration.ts';

/** Requests that somebody stopped are counted apart from those that failed; what a key used in all outlives its days. */
export const addUsageStopped: Migration = {
  version: 9,
  up: `
    ALTER TABLE usage_rows ADD COLUMN stopped_count INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE usage_keys (
      key_id TEXT PRIMARY KEY,
      request_count INTEGER NOT NULL,
      prompt_tokens INTEGER NOT NULL,
      completion_tokens INTEGER NOT NULL,
      last_at_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO usage_keys (key_id, request_count, prompt_tokens, completion_tokens, last_at_ms)
      SELECT key_id, sum(request_count), sum(prompt_tokens), sum(completion_tokens), max(last_at_ms) FROM usage_rows WHERE key_id <> '' GROUP BY key_id;
  `,
};
