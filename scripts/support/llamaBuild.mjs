import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, homedir } from 'node:os';
import { join } from 'node:path';
import { inRoot, isWindows } from './project.mjs';
import { readJson } from './stamps.mjs';

/** llama.cpp's programs that are built, the server first. */
export const LLAMA_PROGRAMS = ['llama-server', 'llama-fit-params', 'llama-quantize', 'llama-gguf-split', 'llama-bench'];

/** Raised when the flags change: what an older one built is built again. */
const RECIPE = 1;

const carried = (...parts) => inRoot('node_modules', 'node-llama-cpp', 'llama', ...parts);

/** llama.cpp's source as a git bundle, carried by node-llama-cpp. */
export const sourceBundle = () => carried('gitRelease.bundle');

/**
 * Where this machine keeps its build: below WHEELHOUSE_LLAMA_CACHE, else the user's cache folder. The build uses all
 * of this processor's instructions, so another kind of processor has another folder.
 */
export function llamaBuildFolder() {
  const cache = process.env.WHEELHOUSE_LLAMA_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'wheelhouse', 'llama-server');
  const version = readJson(carried('llama.cpp.info.json'))?.tag ?? 'unknown';
  return join(cache, `${version}-${process.platform}-${process.arch}-${processorKind()}`);
}

function processorKind() {
  const flags = process.platform === 'linux' ? /^(?:flags|Features)\s*:.*$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[0] : undefined;
  return createHash('sha256').update(`${cpus()[0]?.model}\n${flags}`).digest('hex').slice(0, 8);
}

export const programPath = (folder, name) => join(folder, 'bin', isWindows ? `${name}.exe` : name);

/** The path of the llama-server that was built on this machine, or null. */
export function findBuiltServer() {
  const folder = llamaBuildFolder();
  const server = programPath(folder, 'llama-server');
  return readJson(join(folder, 'stamp.json'))?.recipe === RECIPE && existsSync(server) ? server : null;
}

export const builtStamp = () => ({ recipe: RECIPE, programs: LLAMA_PROGRAMS });
