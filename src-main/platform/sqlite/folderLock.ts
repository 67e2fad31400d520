import SqliteDatabase from 'better-sqlite3';
import { toDisposable, type Disposable } from '../../base/disposables.ts';

/**
 * Takes the one lock of a data folder: an exclusive transaction, so the operating system frees it when the process
 * dies, however it dies. Null when somebody else holds it.
 */
export function lockFolder(path: string): Disposable | null {
  const database = new SqliteDatabase(path, { timeout: 0 });
  try {
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof SqliteDatabase.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null;
    throw error;
  }
  return toDisposable(() => { database.close(); });
}
