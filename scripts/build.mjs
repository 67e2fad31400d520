#!/usr/bin/env node
// Builds what changed: the window, the preload and the Electron shell. `--force` builds all of it, names build some of it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './support/commands.mjs';
import { withLock } from './support/lock.mjs';
import { createProgress, PlainError, runMain } from './support/progress.mjs';
import { inRoot, pinnedNode, root, toolEnvironment } from './support/project.mjs';
import { hashSources, readJson, writeJson } from './support/stamps.mjs';
import { ensureSetUp } from './setup.mjs';

const everyTarget = ['vite.config.ts', 'package-lock.json', 'tsconfig.json', 'scripts/build.mjs'];

const targets = [
  { name: 'window', entry: 'src-renderer/index.html', result: 'dist/window/index.html', sources: ['src-renderer', 'src-main/contract', 'resources/locales', 'resources/icons'] },
  { name: 'preload', entry: 'src-preload/index.ts', result: 'dist/preload/preload.cjs', sources: ['src-preload', 'src-main/contract'] },
  { name: 'electron', entry: 'src-main/electron/main.ts', result: 'dist/electron/main.mjs', sources: ['src-main', 'resources/locales'] },
];

/**
 * Builds every target whose sources changed since its last build.
 * @throws PlainError with Vite's first lines when a target does not build.
 */
export async function buildChanged({ names = [], isForced = false, say = createProgress('build') } = {}) {
  await withLock(inRoot('.cache', 'build.lock'), { onWait: () => { say('another build is running; waiting for it'); } }, async () => {
    for (const target of targets.filter(({ name }) => names.length === 0 || names.includes(name))) await buildTarget(target, { isForced, say });
  });
}

async function buildTarget({ name, entry, result, sources }, { isForced, say }) {
  if (!existsSync(inRoot(entry))) {
    say(`${name}: skipped, ${entry} does not exist`);
    return;
  }
  const stampPath = inRoot('.cache', 'build', `${name}.json`);
  const hash = hashSources(root, [...sources, ...everyTarget]);
  if (!isForced && readJson(stampPath)?.hash === hash && existsSync(inRoot(result))) return;
  say(`${name}: building`);
  const vite = inRoot('node_modules', 'vite', 'bin', 'vite.js');
  const { status, output, tookMs } = await runCommand(pinnedNode(), [vite, 'build', '--config', inRoot('vite.config.ts'), '--mode', name, '--logLevel', 'warn'], {
    env: toolEnvironment({ NODE_ENV: 'production', NO_COLOR: '1' }),
    isQuiet: true,
    onWait: (seconds) => { say(`${name}: still building after ${seconds} s`); },
  });
  if (status !== 0) throw new PlainError(`${name} does not build:\n${output.trim().split('\n').slice(0, 40).join('\n')}`);
  if (output.trim()) console.log(output.trim());
  writeJson(stampPath, { hash });
  say(`${name}: built in ${(tookMs / 1000).toFixed(1)} s`);
}

if (process.argv[1] && fileURLToPath(import.meta.url) === join(process.argv[1])) {
  await runMain('build', async () => {
    const args = process.argv.slice(2);
    await ensureSetUp();
    await buildChanged({ names: args.filter((arg) => !arg.startsWith('-')), isForced: args.includes('--force') });
  });
}
