import { mkdirSync, mkdtempSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the stand-in keeps what Electron would keep for the application; SHIM_USER_DATA and WHEELHOUSE_TEST_CHROMIUM override. */
class ShimPaths {
  readonly chromium = process.env['WHEELHOUSE_TEST_CHROMIUM'] ?? '/usr/bin/chromium';
  readonly #paths = new Map<string, string>();

  get(name: string): string {
    const path = this.#paths.get(name) ?? this.#defaultPath(name);
    this.#paths.set(name, path);
    if (name === 'userData') mkdirSync(path, { recursive: true });
    return path;
  }

  set(name: string, path: string): void {
    this.#paths.set(name, path);
  }

  #defaultPath(name: string): string {
    if (name === 'userData') return process.env['SHIM_USER_DATA'] ?? mkdtempSync(join(tmpdir(), 'electron-shim-'));
    if (name === 'exe') return process.execPath;
    if (name === 'temp') return tmpdir();
    return name === 'home' ? homedir() : join(this.get('userData'), name);
  }
}

export const shimPaths = new ShimPaths();
