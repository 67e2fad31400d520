import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where the stand-in keeps what Electron would keep for the application; SHIM_USER_DATA and WHEELHOUSE_TEST_CHROMIUM override. */
class ShimPaths {
  readonly chromium = process.env['WHEELHOUSE_TEST_CHROMIUM'] ?? '/usr/bin/chromium';
  /** The folder with the application's package.json, at or above its main program. */
  readonly appFolder = findManifestFolder(dirname(process.argv[1] ?? process.cwd()));
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

  readVersion(): string {
    const manifest = JSON.parse(readFileSync(join(this.appFolder, 'package.json'), 'utf8')) as { version?: string };
    return manifest.version ?? '0.0.0';
  }

  #defaultPath(name: string): string {
    if (name === 'userData') return process.env['SHIM_USER_DATA'] ?? mkdtempSync(join(tmpdir(), 'electron-shim-'));
    if (name === 'exe') return process.execPath;
    if (name === 'temp') return tmpdir();
    return name === 'home' ? homedir() : join(this.get('userData'), name);
  }
}

function findManifestFolder(folder: string): string {
  if (existsSync(join(folder, 'package.json')) || dirname(folder) === folder) return folder;
  return findManifestFolder(dirname(folder));
}

export const shimPaths = new ShimPaths();
