import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ANSWER_MS = 10_000;
const MAX_ANSWER_BYTES = 4 * 1_048_576;

/** A llama-server of this machine, and what it says about itself. */
export interface LlamaServerProgram {
  readonly path: string;
  readonly version: string | null;
  /** The build's commit or number, where it says one. */
  readonly build: string | null;
  isKnown(flag: string): boolean;
}

export interface LlamaServerPlaces {
  /** The one that the user names; nothing else counts then. */
  readonly configuredPath: string | null;
  /** Where toolchains put theirs, the newest first. */
  readonly toolchainPaths: readonly string[];
  /** The value of PATH. */
  readonly path: string;
  /** Where `npm run build:llama-server` keeps its builds; null where there is none. */
  readonly cacheFolder: string | null;
}

/** Where llama-server is on this machine: the one that is named, a toolchain's, one on PATH, or a build in the cache. */
export async function findLlamaServerProgram({ configuredPath, toolchainPaths, path, cacheFolder }: LlamaServerPlaces): Promise<string | null> {
  if (configuredPath !== null) return existsSync(configuredPath) ? configuredPath : null;
  const name = process.platform === 'win32' ? 'llama-server.exe' : 'llama-server';
  const onPath = path.split(delimiter).filter((folder) => folder !== '').map((folder) => join(folder, name));
  return [...toolchainPaths, ...onPath, ...await listBuilt(cacheFolder, name)].find((candidate) => existsSync(candidate)) ?? null;
}

/** Finished builds, the newest first. */
async function listBuilt(cacheFolder: string | null, name: string): Promise<string[]> {
  if (cacheFolder === null || !existsSync(cacheFolder)) return [];
  const stamps = (await readdir(cacheFolder)).map((entry) => join(cacheFolder, entry, 'stamp.json')).filter((stamp) => existsSync(stamp));
  const dated = await Promise.all(stamps.map(async (stamp) => ({ stamp, atMs: (await stat(stamp)).mtimeMs })));
  return dated.toSorted((a, b) => b.atMs - a.atMs).map(({ stamp }) => join(stamp, '..', 'bin', name));
}

/** Asks a program for its version and its flags. @throws when it cannot be run */
export async function readLlamaServerProgram(path: string): Promise<LlamaServerProgram> {
  const ask = async (flag: string): Promise<string> => {
    const { stdout, stderr } = await run(path, [flag], { timeout: ANSWER_MS, maxBuffer: MAX_ANSWER_BYTES });
    return `${stdout}\n${stderr}`;
  };
  const [version, help] = await Promise.all([ask('--version'), ask('--help')]);
  const flags = new Set(help.match(/(?<=^|[\s,])--?[a-z][\w-]*/gm) ?? []);
  const [, number = null, build = null] = /version:\s*(\S+)(?:\s*\((.*)\))?/.exec(version) ?? [];
  return { path, version: number, build, isKnown: (flag) => flags.has(flag) };
}
