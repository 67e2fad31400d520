#!/usr/bin/env node
// Builds what changed: the window, the preload and the Electron shell. `--force` builds all of it, names build some of it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
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
 * Builds every target whose sources changed since its last build; one that fails does not keep the others back.
 * @throws PlainError with Vite's first lines for each target that does not build.
 */
export async function buildChanged({ names = [], isForced = false, say = createProgress('build') } = {}) {
  await withLock(inRoot('.cache', 'build.lock'), { onWait: () => { say('another build is running; waiting for it'); } }, async () => {
    const failures = [];
    for (const target of targets.filter(({ name }) => names.length === 0 || names.includes(name))) {
      const failure = await buildTarget(target, { isForced, say });
      if (failure) failures.push(failure);
    }
    if (failures.length > 0) throw new PlainError(failures.join('\n'));
  });
}

/** Resolves with what went wrong, or null. */
async function buildTarget({ name, entry, result, sources }, { isForced, say }) {
  if (!existsSync(inRoot(entry))) {
    say(`${name}: skipped, ${entry} does not exist`);
    return null;
  }
  const stampPath = inRoot('.cache', 'build', `${name}.json`);
  const hash = hashSources(root, [...sources, ...everyTarget]);
  if (!isForced && readJson(stampPath)?.hash === hash && existsSync(inRoot(result))) return null;
  say(`${name}: building`);
  const vite = inRoot('node_modules', 'vite', 'bin', 'vite.js');
  const { status, output, tookMs } = await runCommand(pinnedNode(), [vite, 'build', '--config', inRoot('vite.config.ts'), '--mode', name, '--logLevel', 'warn'], {
    env: toolEnvironment({ NODE_ENV: 'production', NO_COLOR: '1' }),
    isQuiet: true,
    onWait: (seconds) => { say(`${name}: still building after ${seconds} s`); },
  });
  const lines = stripVTControlCharacters(output).trim();
  if (status !== 0) return `${name} does not build:\n${lines.split('\n').slice(0, 40).join('\n')}`;
  if (lines) console.log(lines);
  writeJson(stampPath, { hash });
  say(`${name}: built in ${(tookMs / 1000).toFixed(1)} s`);
  return null;
}

if (process.argv[1] && fileURLToPath(import.meta.url) === join(process.argv[1])) {
  await runMain('build', async () => {
    const args = process.argv.slice(2);
    await ensureSetUp();
    await buildChanged({ names: args.filter((arg) => !arg.startsWith('-')), isForced: args.includes('--force') });
  });
}
