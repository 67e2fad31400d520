import type { Migration } from '../migration.ts';

/** How models are served, where somebody said it; `settings` is JSON as the contract declares it. */
export const addModelConfigs: Migration = {
  version: 6,
  up: `
    CREATE TABLE model_configs (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      settings TEXT NOT NULL,
      created_at_ms INTEGER NOT NULL,
      updated_at_ms INTEGER NOT NULL
    ) STRICT;
  `,
};
