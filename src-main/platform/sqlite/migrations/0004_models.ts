import type { Migration } from '../migration.ts';

/** A version's row and its files are facts: triggers refuse to change them, except that a hash that was not known may be told once. */
export const addModels: Migration = {
  version: 4,
  up: `
    CREATE TABLE models (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_at_ms INTEGER NOT NULL) STRICT;
    CREATE TABLE model_versions (
      id TEXT PRIMARY KEY,
      model_id TEXT NOT NULL REFERENCES models (id),
      label TEXT NOT NULL,
      format TEXT NOT NULL,
      kind TEXT NOT NULL,
      family TEXT NOT NULL,
      size_bytes INTEGER NOT NULL,
      content_sha256 TEXT,
      source TEXT NOT NULL,
      facts TEXT NOT NULL,
      created_at_ms INTEGER NOT NULL,
      UNIQUE (model_id, label)
    ) STRICT;
    CREATE TABLE model_files (
      version_id TEXT NOT NULL REFERENCES model_versions (id) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      path TEXT NOT NULL,
      size_bytes INTEGER NOT NULL,
      sha256 TEXT,
      role TEXT NOT NULL,
      PRIMARY KEY (version_id, path)
    ) STRICT;
    CREATE TRIGGER model_versions_stay BEFORE UPDATE OF id, model_id, label, format, kind, family, size_bytes, source, facts, created_at_ms ON model_versions
      BEGIN SELECT RAISE(ABORT, 'a recorded version never changes'); END;
    CREATE TRIGGER model_versions_hash_stays BEFORE UPDATE OF content_sha256 ON model_versions WHEN OLD.content_sha256 IS NOT NULL
      BEGIN SELECT RAISE(ABORT, 'a recorded version never changes'); END;
    CREATE TRIGGER model_files_stay BEFORE UPDATE OF version_id, position, path, size_bytes, role ON model_files
      BEGIN SELECT RAISE(ABORT, 'a recorded version never changes'); END;
    CREATE TRIGGER model_files_hash_stays BEFORE UPDATE OF sha256 ON model_files WHEN OLD.sha256 IS NOT NULL
      BEGIN SELECT RAISE(ABORT, 'a recorded version never changes'); END;
    CREATE TABLE model_parents (
      version_id TEXT NOT NULL REFERENCES model_versions (id) ON DELETE CASCADE,
      relation TEXT NOT NULL,
      name TEXT NOT NULL,
      parent_version_id TEXT,
      PRIMARY KEY (version_id, relation, name)
    ) STRICT;
    CREATE TABLE model_states (
      version_id TEXT PRIMARY KEY REFERENCES model_versions (id) ON DELETE CASCADE,
      storage TEXT NOT NULL,
      folder TEXT NOT NULL,
      places TEXT NOT NULL,
      modified_at_ms INTEGER NOT NULL,
      tags TEXT NOT NULL,
      notes TEXT NOT NULL,
      status TEXT NOT NULL,
      health TEXT NOT NULL,
      last_used_at_ms INTEGER,
      is_hidden INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE model_aliases (name TEXT PRIMARY KEY, version_id TEXT NOT NULL REFERENCES model_versions (id) ON DELETE CASCADE) STRICT;
    CREATE TABLE model_roles (name TEXT PRIMARY KEY) STRICT;
    CREATE TABLE model_role_steps (
      id INTEGER PRIMARY KEY,
      role TEXT NOT NULL REFERENCES model_roles (name) ON DELETE CASCADE,
      version_id TEXT,
      reference TEXT,
      at_ms INTEGER NOT NULL,
      note TEXT NOT NULL
    ) STRICT;
    CREATE TABLE fit_corrections (
      id INTEGER PRIMARY KEY,
      version_id TEXT NOT NULL REFERENCES model_versions (id) ON DELETE CASCADE,
      engine TEXT NOT NULL,
      estimated_bytes INTEGER NOT NULL,
      measured_bytes INTEGER NOT NULL,
      at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX fit_corrections_by_version ON fit_corrections (version_id, engine, id);
  `,
};
