import type { Migration } from '../migration.ts';

/** One row holds an hour of one device: 60 minutes of packed figures, so that 30 days are 720 rows. */
export const addGpuHistory: Migration = {
  version: 3,
  up: `
    CREATE TABLE gpu_devices (id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, name TEXT NOT NULL) STRICT;
    CREATE TABLE gpu_history (
      device INTEGER NOT NULL REFERENCES gpu_devices (id),
      hour INTEGER NOT NULL,
      minutes BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX gpu_history_by_hour ON gpu_history (device, hour);
    CREATE TABLE gpu_leases (
      id TEXT PRIMARY KEY,
      holder_kind TEXT NOT NULL,
      holder_id TEXT NOT NULL,
      holder_name TEXT NOT NULL,
      mode TEXT NOT NULL,
      priority INTEGER NOT NULL,
      shares TEXT NOT NULL,
      granted_at_ms INTEGER NOT NULL
    ) STRICT;
  `,
};
