import { request } from 'node:http';
import { join } from 'node:path';
import type { Disposable } from '../base/disposables.ts';
import { lockFolder } from '../platform/sqlite/folderLock.ts';

/** Takes the data folder for this process; null when another backend has it. */
export function lockHome(runFolder: string): Disposable | null {
  return lockFolder(join(runFolder, 'lock.db'));
}

/** Whether a backend answers on the local socket. Timing: at most a second. Does not throw. */
export function isBackendAnswering(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ask = request({ socketPath, path: '/health', timeout: 1_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ask.on('timeout', () => { ask.destroy(); });
    ask.on('error', () => { resolve(false); });
    ask.end();
  });
}
