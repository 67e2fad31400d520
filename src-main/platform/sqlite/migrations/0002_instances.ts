import type { Migration } from '../migration.ts';

export const addInstances: Migration = {
  version: 2,
  up: `
    CREATE TABLE instances (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      slug TEXT NOT NULL,
      folder_name TEXT NOT NULL,
      blueprint_id TEXT NOT NULL,
      group_name TEXT,
      notes TEXT NOT NULL,
      autostart INTEGER NOT NULL,
      port_setting INTEGER,
      gpu_ids TEXT,
      launch_args TEXT NOT NULL,
      output_path TEXT,
      hostname TEXT,
      python_version TEXT NOT NULL,
      torch_version TEXT NOT NULL,
      cuda_version TEXT NOT NULL,
      status TEXT NOT NULL,
      life TEXT NOT NULL,
      install_stamp TEXT,
      created_at_ms INTEGER NOT NULL,
      deleted_at_ms INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX instances_by_slug ON instances (slug) WHERE deleted_at_ms IS NULL;
    CREATE UNIQUE INDEX instances_by_folder ON instances (folder_name) WHERE deleted_at_ms IS NULL;
    CREATE TABLE runs (
      id TEXT PRIMARY KEY,
      instance_id TEXT NOT NULL,
      instance_name TEXT NOT NULL,
      terminal_id TEXT NOT NULL,
      phase TEXT NOT NULL,
      blueprint_id TEXT NOT NULL,
      script_sha256 TEXT NOT NULL,
      pid INTEGER,
      start_token TEXT,
      boot_id TEXT NOT NULL,
      process_group INTEGER,
      ports TEXT NOT NULL,
      gpu_ids TEXT NOT NULL,
      log_path TEXT NOT NULL,
      settings TEXT NOT NULL,
      created_at_ms INTEGER NOT NULL,
      ready_at_ms INTEGER,
      ended_at_ms INTEGER,
      exit_code INTEGER,
      signal INTEGER,
      cause TEXT,
      cause_evidence TEXT
    ) STRICT;
    CREATE INDEX runs_by_instance ON runs (instance_id, created_at_ms);
    CREATE INDEX runs_by_time ON runs (created_at_ms);
    CREATE INDEX runs_live ON runs (id) WHERE ended_at_ms IS NULL;
  `,
};
