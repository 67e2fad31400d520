import SqliteDatabase from 'better-sqlite3';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../base/logger.ts';
import { closeDatabase, openDatabase } from './database.ts';
import { lockFolder } from './folderLock.ts';
import type { Migration } from './migration.ts';

const makeCats: Migration = { version: 1, up: 'CREATE TABLE cats (name TEXT NOT NULL) STRICT' };
const nameCats: Migration = { version: 2, up: `ALTER TABLE cats ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'` };
const breakHalfway: Migration = { version: 2, up: 'CREATE TABLE dogs (name TEXT) STRICT; CREATE TABLE cats (again TEXT)' };

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'wh-db-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

const open = (migrations: readonly Migration[]) => openDatabase({ path: join(folder, 'wheelhouse.db'), migrations, nowMs: 1_700_000_000_000, log: silentLog });

test('a new database gets every step and keeps no backup', () => {
  const { database, schemaVersion, backupPath, isReadOnly } = open([makeCats, nameCats]);
  const columns = database.pragma('table_info(cats)') as { name: string }[];
  closeDatabase(database);

  expect({ schemaVersion, backupPath, isReadOnly, columns: columns.map(({ name }) => name) }).toEqual({ schemaVersion: 2, backupPath: null, isReadOnly: false, columns: ['name', 'colour'] });
});

test('a copy of the old data is taken before the first step', () => {
  const first = open([makeCats]);
  first.database.exec(`INSERT INTO cats VALUES ('Tom')`);
  closeDatabase(first.database);

  const second = open([makeCats, nameCats]);
  closeDatabase(second.database);
  const backup = new SqliteDatabase(second.backupPath ?? '', { readonly: true });
  const kept = { version: backup.pragma('user_version', { simple: true }), cats: backup.prepare('SELECT * FROM cats').all() };
  backup.close();

  expect(kept).toEqual({ version: 1, cats: [{ name: 'Tom' }] });
});

test('a step that fails leaves nothing of itself behind', () => {
  closeDatabase(open([makeCats]).database);

  expect(() => open([makeCats, breakHalfway])).toThrow('already exists');
  const { database, schemaVersion } = open([makeCats]);
  const dogs = database.prepare(`SELECT count(*) AS n FROM sqlite_master WHERE name = 'dogs'`).get();
  closeDatabase(database);

  expect({ schemaVersion, dogs }).toEqual({ schemaVersion: 1, dogs: { n: 0 } });
});

test('a newer database is opened for reading only and not touched', () => {
  closeDatabase(open([makeCats, nameCats]).database);

  const opened = open([makeCats]);
  const write = (): unknown => opened.database.exec(`INSERT INTO cats VALUES ('Tom', 'red')`);

  expect(write).toThrow('readonly');
  expect(opened).toMatchObject({ isReadOnly: true, schemaVersion: 2, supportedVersion: 1, backupPath: null });
  closeDatabase(opened.database);
});

test.each([
  ['no database at all', Buffer.from('this is a shopping list, not a database; it is long enough to be read as a header')],
  ['a database with its pages torn', null],
])('%s is put aside, never overwritten, and a new one is begun', (_name, content) => {
  const path = join(folder, 'wheelhouse.db');
  const damaged = content ?? tear(path);
  writeFileSync(path, damaged);

  const { database, keptAsidePath } = open([makeCats]);
  closeDatabase(database);

  expect(readFileSync(keptAsidePath ?? '')).toEqual(damaged);
  expect(readdirSync(folder).filter((name) => name.includes('damaged')).length).toBeGreaterThanOrEqual(1);
});

function tear(path: string): Buffer {
  const { database } = open([makeCats]);
  const insert = database.prepare('INSERT INTO cats VALUES (?)');
  for (let n = 0; n < 2_000; n += 1) insert.run(`cat ${n} ${'x'.repeat(100)}`);
  closeDatabase(database);
  const bytes = readFileSync(path);
  bytes.fill(0xff, 4_096, 40_960);
  return bytes;
}

test('only one at a time has a folder, and the lock goes with its holder', () => {
  const path = join(folder, 'lock.db');
  const first = lockFolder(path);
  const second = lockFolder(path);
  first?.dispose();
  first?.dispose();
  const third = lockFolder(path);
  third?.dispose();

  expect([first === null, second === null, third === null, existsSync(path)]).toEqual([false, true, false, true]);
});
