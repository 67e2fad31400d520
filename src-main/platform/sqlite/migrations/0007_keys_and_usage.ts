import type { Migration } from '../migration.ts';

/** Keys of the model port, and what was used by day, key, model and endpoint. */
export const addKeysAndUsage: Migration = {
  version: 7,
  up: `
    CREATE TABLE api_keys (
      id TEXT PRIMARY KEY,
      digest TEXT NOT NULL UNIQUE,
      hint TEXT NOT NULL,
      settings TEXT NOT NULL,
      created_at_ms INTEGER NOT NULL,
      revoked_at_ms INTEGER
    ) STRICT;
    CREATE TABLE usage_rows (
      day TEXT NOT NULL,
      key_id TEXT NOT NULL,
      key_name TEXT NOT NULL,
      model TEXT NOT NULL,
      endpoint TEXT NOT NULL,
      request_count INTEGER NOT NULL,
      failed_count INTEGER NOT NULL,
      prompt_tokens INTEGER NOT NULL,
      completion_tokens INTEGER NOT NULL,
      cached_tokens INTEGER NOT NULL,
      first_token_ms_sum REAL NOT NULL,
      first_token_count INTEGER NOT NULL,
      total_ms_sum REAL NOT NULL,
      last_at_ms INTEGER NOT NULL,
      PRIMARY KEY (day, key_id, key_name, model, endpoint)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX usage_rows_by_key ON usage_rows (key_id, day);
  `,
};
