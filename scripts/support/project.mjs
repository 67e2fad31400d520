import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export const isWindows = process.platform === 'win32';

/** A path under the repository. */
export const inRoot = (...parts) => join(root, ...parts);

/** The pinned runtime's package folder for this machine, or null where none is installed. */
export function pinnedRuntimeFolder() {
  const folder = inRoot('node_modules', isWindows ? `node-win-${process.arch}` : `node-${process.platform}-${process.arch}`);
  return existsSync(nodeIn(folder)) ? folder : null;
}

export const nodeIn = (folder) => join(folder, 'bin', isWindows ? 'node.exe' : 'node');

/** Whether this version runs TypeScript as it stands and loads the natives safely. */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

/**
 * The Node that runs everything after the set-up: the one in the lockfile, else this one if it is new enough.
 * @throws Error that says what to install.
 */
export function pinnedNode() {
  const folder = pinnedRuntimeFolder();
  if (folder) return nodeIn(folder);
  if (isNewEnough(process.versions.node)) return process.execPath;
  throw new Error(`no pinned Node for ${process.platform}-${process.arch} is installed, and this Node ${process.versions.node} is too old: install Node 24`);
}

/** The environment in which the pinned Node and the packages' commands come first. */
export function toolEnvironment(extra = {}) {
  const path = [dirname(pinnedNode()), inRoot('node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter);
  return { ...process.env, PATH: path, ...extra };
}
