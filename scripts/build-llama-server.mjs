#!/usr/bin/env node
// Builds llama-server from the source that node-llama-cpp carries; no network. `--print` only says where it is.
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { availableParallelism, setPriority } from 'node:os';
import { join } from 'node:path';
import { findCommand, runCommand } from './support/commands.mjs';
import { builtStamp, findBuiltServer, LLAMA_PROGRAMS, llamaBuildFolder, programPath, sourceBundle } from './support/llamaBuild.mjs';
import { withLock } from './support/lock.mjs';
import { createProgress, PlainError, runMain } from './support/progress.mjs';
import { isWindows } from './support/project.mjs';
import { writeJson } from './support/stamps.mjs';
import { canInstallPackages, installPackages } from './support/systemPackages.mjs';

const PROGRESS_EVERY_MS = 5_000;

const FLAGS = [
  'CMAKE_BUILD_TYPE=Release', 'BUILD_SHARED_LIBS=OFF', 'GGML_NATIVE=ON',
  'LLAMA_BUILD_TESTS=OFF', 'LLAMA_BUILD_EXAMPLES=OFF', 'LLAMA_BUILD_APP=OFF', 'LLAMA_BUILD_UI=OFF', 'LLAMA_USE_PREBUILT_UI=OFF', 'LLAMA_OPENSSL=OFF',
];

const say = createProgress('llama-server', (line) => { console.error(line); });

await runMain('llama-server', async () => {
  const args = process.argv.slice(2);
  if (args.includes('--print')) {
    printBuilt();
    return;
  }
  if (args.includes('--background')) setPriority(10);
  await ensureLlamaServer();
  printBuilt();
});

function printBuilt() {
  const server = findBuiltServer();
  if (server) console.log(server);
  else process.exitCode = 1;
}

async function ensureLlamaServer() {
  if (findBuiltServer()) return;
  if (!existsSync(sourceBundle())) throw new PlainError('the package node-llama-cpp carries no source here: run `npm run setup` first');
  await ensureTools();
  const folder = llamaBuildFolder();
  await withLock(`${folder}.lock`, { onWait: () => { say('another build is running; waiting for it'); } }, async () => {
    if (!findBuiltServer()) await build(folder);
  });
}

/** @throws PlainError that says what to install. */
async function ensureTools() {
  const needed = [['git', 'git'], ['cmake', 'cmake'], ['ninja', 'ninja-build'], [process.env.CXX ?? 'c++', 'g++']];
  const listMissing = () => needed.filter(([command]) => !findCommand(command) && !existsSync(command)).map(([, name]) => name);
  if (listMissing().length > 0 && canInstallPackages()) await installPackages(listMissing(), say);
  const missing = listMissing();
  if (missing.length > 0) throw new PlainError(`missing on this machine: ${missing.join(', ')} (on Debian or Ubuntu: sudo apt-get install -y ${missing.join(' ')})`);
}

/** The work folder stays behind when a build is broken off: the next one goes on from there. */
async function build(folder) {
  const work = `${folder}.work`;
  const source = join(work, 'source');
  const output = join(work, 'build');
  if (!existsSync(join(work, 'unpacked'))) await unpack(work, source);
  const compilerCache = findCommand('ccache') ? ['CMAKE_C_COMPILER_LAUNCHER=ccache', 'CMAKE_CXX_COMPILER_LAUNCHER=ccache'] : [];
  await step('configuring', 'cmake', ['-S', source, '-B', output, '-G', 'Ninja', ...[...FLAGS, ...compilerCache].map((flag) => `-D${flag}`)]);
  await step('building; about 4 minutes on 2 idle cores', 'ninja', ['-C', output, '-j', String(availableParallelism()), ...LLAMA_PROGRAMS], { onText: createBuildProgress() });
  await keep(folder, output);
  rmSync(work, { recursive: true, force: true });
}

async function unpack(work, source) {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  await step('unpacking the source', 'git', ['-c', 'advice.detachedHead=false', 'clone', '-q', sourceBundle(), source]);
  writeJson(join(work, 'unpacked'), {});
}

async function step(text, command, args, options = {}) {
  say(text);
  const { status, signal, output } = await runCommand(command, args, { isQuiet: true, ...options });
  if (status !== 0) throw new PlainError(`${text} failed (${status ?? signal}):\n${output.trim().split('\n').slice(-30).join('\n')}`);
}

function createBuildProgress() {
  let saidAt = -Infinity;
  return (text) => {
    const last = [...text.matchAll(/^\[(\d+)\/(\d+)\]/gm)].at(-1);
    if (!last || performance.now() - saidAt < PROGRESS_EVERY_MS) return;
    saidAt = performance.now();
    say(last[0]);
  };
}

/** The stamp comes last: a folder without it counts as not built. */
async function keep(folder, output) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'bin'), { recursive: true });
  for (const name of LLAMA_PROGRAMS) {
    const target = programPath(folder, name);
    copyFileSync(join(output, 'bin', isWindows ? `${name}.exe` : name), target);
    chmodSync(target, 0o755);
  }
  await step('trying it', programPath(folder, 'llama-server'), ['--version'], { timeoutMs: 30_000 });
  writeJson(join(folder, 'stamp.json'), builtStamp());
}
