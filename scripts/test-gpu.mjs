#!/usr/bin/env node
// Runs the tests that need a GPU and prints what was read there: `npm run test:gpu`. Without a GPU they are skipped, and say so.
import { ensureSetUp } from './setup.mjs';
import { runCommand } from './support/commands.mjs';
import { createProgress, runMain } from './support/progress.mjs';
import { inRoot, pinnedNode, toolEnvironment } from './support/project.mjs';

const LIMIT_MS = 9 * 60_000;
const say = createProgress('test:gpu');

await runMain('test:gpu', async () => {
  await ensureSetUp({ say });
  const args = ['run', '--config', 'test/vitest.config.ts', '--project', 'gpu', '--reporter', 'verbose', '--allowOnly=false', ...process.argv.slice(2)];
  const { status } = await runCommand(pinnedNode(), [inRoot('node_modules', 'vitest', 'vitest.mjs'), ...args], { env: toolEnvironment(), timeoutMs: LIMIT_MS });
  process.exitCode = status ?? 1;
});
