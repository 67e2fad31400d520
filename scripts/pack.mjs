#!/usr/bin/env node
// Packs the desktop app: `npm run pack` makes the folder for this machine; targets such as `--linux AppImage deb` make installers.
import { existsSync } from 'node:fs';
import { buildChanged } from './build.mjs';
import { ensureSetUp } from './setup.mjs';
import { runInForeground } from './support/programs.mjs';
import { createProgress, PlainError, runMain } from './support/progress.mjs';
import { inRoot, pinnedNode, toolEnvironment } from './support/project.mjs';

const systems = { linux: '--linux', darwin: '--mac', win32: '--win' };

await runMain('pack', async () => {
  const args = process.argv.slice(2);
  await ensureSetUp();
  await buildChanged({ say: createProgress('pack') });
  if (!existsSync(inRoot('dist/electron/main.mjs'))) throw new PlainError('there is no desktop shell to pack: src-main/electron/main.ts does not exist');
  const hasTarget = args.some((arg) => Object.values(systems).includes(arg) || arg === '--dir');
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  process.exitCode = await runInForeground(pinnedNode(), [
    inRoot('node_modules', 'electron-builder', 'cli.js'),
    '--config', 'electron-builder.yml', '--publish', 'never',
    ...(hasTarget ? [] : [systems[process.platform], '--dir']),
    ...(override ? [`-c.electronDist=${override}`] : []),
    ...args,
  ], { env: toolEnvironment() });
});
