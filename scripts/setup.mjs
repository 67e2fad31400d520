#!/usr/bin/env node
// Sets up what is missing: the packages of the lockfile, the natives, and a check that both load. By any Node >= 20.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findCommand, runCommand } from './support/commands.mjs';
import { withLock } from './support/lock.mjs';
import { createProgress, PlainError, runMain } from './support/progress.mjs';
import { inRoot, isWindows, pinnedNode, pinnedRuntimeFolder, root, toolEnvironment } from './support/project.mjs';
import { readJson, writeJson } from './support/stamps.mjs';

export { pinnedNode };

const stampPath = inRoot('node_modules', '.wheelhouse-setup.json');

/**
 * Makes packages and natives match the lockfile; returns at once when nothing changed. Safe to call from two
 * processes at the same time: one works, the other waits.
 * @throws PlainError that says what is missing on this machine and how to get it.
 */
export async function ensureSetUp({ say = createProgress('setup') } = {}) {
  requireHostNode();
  if (isSetUp()) return;
  await withLock(inRoot('.cache', 'setup.lock'), { onWait: () => { say('another set-up is running; waiting for it'); } }, async () => {
    if (isSetUp()) return;
    await ensurePackages(say);
    await ensureNatives(say);
    await checkNatives(say);
    writeJson(stampPath, { want: wantedStamp() });
    say('ready');
  });
}

function requireHostNode() {
  if (Number.parseInt(process.versions.node, 10) < 20) throw new PlainError(`Node 20 or newer is needed to set up; this is ${process.version}`);
}

function isSetUp() {
  return readJson(stampPath)?.want === wantedStamp() && (existsSync(ptyPath('build/Release/pty.node')) || hasPtyPrebuild());
}

/** What the stamp says when everything stands: the lockfile and the machine's kind. */
function wantedStamp() {
  const lock = createHash('sha256').update(readFileSync(inRoot('package-lock.json'))).digest('hex');
  return `${lock} ${process.platform}-${process.arch}`;
}

async function ensurePackages(say) {
  if (doesInstalledMatchLock()) {
    say('packages: as in the lockfile');
    return;
  }
  if (!findCommand('npm')) throw new PlainError('npm is not on the PATH: install Node with npm (on Debian: apt-get install -y npm)');
  say(`packages: npm ci by Node ${process.version}; about a minute`);
  const { status, signal } = await runCommand('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    onWait: (seconds) => { say(`packages: still at it after ${seconds} s`); },
    shell: isWindows,
  });
  if (status !== 0) throw new PlainError(`npm ci failed (${status ?? signal}); its own lines above say why`);
}

/** Compares npm's record of what is installed with the lockfile; packages for other machines may be missing. */
function doesInstalledMatchLock() {
  const installed = readJson(inRoot('node_modules', '.package-lock.json'))?.packages;
  if (!installed) return false;
  const locked = Object.entries(readJson(inRoot('package-lock.json')).packages).filter(([path]) => path !== '');
  return locked.every(([path, entry]) => {
    const found = installed[path];
    if (!found) return !isForThisMachine(entry);
    return found.version === entry.version && found.integrity === entry.integrity && existsSync(inRoot(path));
  });
}

/** Optional packages without a machine of their own belong to another machine's package, so they may be missing too. */
function isForThisMachine({ optional, os, cpu, libc }) {
  if (!optional) return true;
  if (!os && !cpu) return false;
  return isAmong(os, process.platform) && isAmong(cpu, process.arch) && isAmong(libc, 'glibc');
}

const isAmong = (list, value) => !list || [list].flat().includes(value);

const ptyPath = (...parts) => inRoot('node_modules', 'node-pty', ...parts);
const hasPtyPrebuild = () => existsSync(ptyPath('prebuilds', `${process.platform}-${process.arch}`, 'pty.node'));

/** node-pty has no prebuilt binary for Linux. It speaks Node-API: one build serves Node and Electron. */
async function ensureNatives(say) {
  if (hasPtyPrebuild() || isPtyBuilt()) {
    say('natives: as they should be');
    return;
  }
  requireCompiler();
  say('natives: building the terminal part (node-pty)');
  const gyp = createRequire(inRoot('package.json')).resolve('node-gyp/bin/node-gyp.js');
  const headers = pinnedRuntimeFolder();
  const args = [gyp, 'rebuild', '--loglevel=error', ...(headers ? [`--nodedir=${headers}`] : [])];
  const { status, output } = await runCommand(pinnedNode(), args, {
    cwd: ptyPath(),
    env: withoutNodedir(toolEnvironment()),
    isQuiet: true,
    onWait: (seconds) => { say(`natives: still building after ${seconds} s`); },
  });
  if (status !== 0) throw new PlainError(`node-pty could not be built:\n${output.trim().split('\n').slice(-30).join('\n')}`);
  writeJson(ptyPath('build', '.wheelhouse-built.json'), wantedBuild());
}

const wantedBuild = () => ({ version: readJson(ptyPath('package.json'))?.version, runtime: pinnedNode().includes(root) ? 'pinned' : process.version });

function isPtyBuilt() {
  const built = readJson(ptyPath('build', '.wheelhouse-built.json'));
  return JSON.stringify(built) === JSON.stringify(wantedBuild()) && existsSync(ptyPath('build/Release/pty.node'));
}

/** What node-gyp needs: one command of each row, or the variable that names another. */
const buildTools = [
  { name: 'a C++ compiler', variable: 'CXX', commands: ['g++', 'c++', 'clang++'] },
  { name: 'make', variable: 'MAKE', commands: ['make', 'gmake'] },
  { name: 'Python 3', variable: 'PYTHON', commands: ['python3', 'python'] },
];

/** @throws PlainError that names what to install. */
function requireCompiler() {
  const missing = buildTools.filter(({ variable, commands }) => !process.env[variable] && !commands.some((command) => findCommand(command)));
  if (missing.length === 0) return;
  const advice = process.platform === 'darwin' ? 'xcode-select --install' : 'on Debian or Ubuntu: sudo apt-get install -y g++ make python3';
  throw new PlainError(`missing on this machine: ${missing.map(({ name }) => name).join(', ')} (${advice}); then run it again`);
}

function withoutNodedir(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.toLowerCase() !== 'npm_config_nodedir'));
}

const LOAD_CHECK = `
  const Database = require('better-sqlite3');
  const { v } = new Database(':memory:').prepare('select sqlite_version() v').get();
  const [shell, args] = process.platform === 'win32' ? ['cmd.exe', ['/c', 'exit 7']] : ['sh', ['-c', 'exit 7']];
  require('node-pty').spawn(shell, args).onExit(({ exitCode }) => {
    console.log('Node ' + process.versions.node + ', SQLite ' + v + ', terminals');
    process.exit(exitCode === 7 ? 0 : 1);
  });`;

async function checkNatives(say) {
  const { status, signal, output } = await runCommand(pinnedNode(), ['-e', LOAD_CHECK], { isQuiet: true, timeoutMs: 30_000 });
  if (status !== 0) throw new PlainError(`the natives do not load (${status ?? signal}): ${output.trim()}`);
  say(`natives: ${output.trim()} work`);
}

if (process.argv[1] && fileURLToPath(import.meta.url) === join(process.argv[1])) {
  await runMain('setup', () => ensureSetUp());
}
