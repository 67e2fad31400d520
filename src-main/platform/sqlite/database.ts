import SqliteDatabase from 'better-sqlite3';
import { existsSync, readdirSync, renameSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Logger } from '../../base/logger.ts';
import type { Migration } from './migration.ts';

export type Database = SqliteDatabase.Database;

/** What came of opening the database. `keptAsidePath` names the damaged file that was put aside, if there was one. */
export interface OpenedDatabase {
  readonly database: Database;
  readonly schemaVersion: number;
  readonly supportedVersion: number;
  /** The file was written by a newer Wheelhouse; nothing is changed in it. */
  readonly isReadOnly: boolean;
  readonly keptAsidePath: string | null;
  readonly backupPath: string | null;
}

interface OpenOptions {
  path: string;
  migrations: readonly Migration[];
  nowMs: number;
  log: Logger;
}

const KEPT_BACKUPS = 3;

/**
 * Opens `wheelhouse.db` in WAL mode and brings it up to date. A backup copy is taken before the first migration; a
 * damaged file is put aside under another name and never overwritten; a newer one is opened read-only.
 * @throws what SQLite throws when the folder cannot be written or the file is locked.
 */
export function openDatabase(options: OpenOptions): OpenedDatabase {
  const keptAsidePath = isDamaged(options.path) ? putAside(options) : null;
  const supportedVersion = Math.max(0, ...options.migrations.map(({ version }) => version));
  const database = new SqliteDatabase(options.path, { timeout: 2_000 });
  const schemaVersion = readVersion(database);
  if (schemaVersion > supportedVersion) {
    database.close();
    options.log.warn('database.newer', { schemaVersion, supportedVersion });
    const readOnly = new SqliteDatabase(options.path, { readonly: true });
    return { database: readOnly, schemaVersion, supportedVersion, isReadOnly: true, keptAsidePath, backupPath: null };
  }
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma('foreign_keys = ON');
  const backupPath = migrate(database, schemaVersion, options);
  return { database, schemaVersion: supportedVersion, supportedVersion, isReadOnly: false, keptAsidePath, backupPath };
}

/** Closes the database after folding its write-ahead log in. */
export function closeDatabase(database: Database): void {
  if (!database.open) return;
  if (!database.readonly) database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}

function migrate(database: Database, from: number, { path, migrations, log }: OpenOptions): string | null {
  const pending = migrations.filter(({ version }) => version > from).toSorted((a, b) => a.version - b.version);
  if (pending.length === 0) return null;
  const backupPath = from === 0 ? null : backUp(database, path, from);
  for (const { version, up } of pending) {
    database.transaction(() => {
      database.exec(up);
      database.pragma(`user_version = ${version}`);
    }).immediate();
    log.info('database.migrated', { version });
  }
  return backupPath;
}

function backUp(database: Database, path: string, version: number): string {
  const backupPath = `${path}.before-v${version + 1}`;
  if (existsSync(backupPath)) unlinkSync(backupPath);
  database.prepare('VACUUM INTO ?').run(backupPath);
  const older = readdirSync(dirname(path)).filter((name) => name.startsWith(`${basename(path)}.before-v`))
    .toSorted((a, b) => Number(b.split('-v')[1]) - Number(a.split('-v')[1]));
  for (const name of older.slice(KEPT_BACKUPS)) unlinkSync(join(dirname(path), name));
  return backupPath;
}

function readVersion(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

function isDamaged(path: string): boolean {
  if (!existsSync(path)) return false;
  let database: Database | null = null;
  try {
    database = new SqliteDatabase(path, { timeout: 2_000 });
    return database.pragma('quick_check(1)', { simple: true }) !== 'ok';
  } catch (error) {
    if (error instanceof SqliteDatabase.SqliteError && /^SQLITE_(NOTADB|CORRUPT)/.test(error.code)) return true;
    throw error;
  } finally {
    database?.close();
  }
}

function putAside({ path, nowMs, log }: OpenOptions): string {
  const keptAsidePath = `${path}.damaged-${new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-')}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, keptAsidePath + suffix);
  }
  log.error('database.damaged', { path, keptAsidePath });
  return keptAsidePath;
}
