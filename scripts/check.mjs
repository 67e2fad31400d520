#!/usr/bin/env node
// Types, lint and dependency rules, without running anything.
import { ensureSetUp } from './setup.mjs';
import { runChecks } from './support/checks.mjs';
import { createProgress, runMain } from './support/progress.mjs';

await runMain('check', async () => {
  await ensureSetUp();
  const results = await runChecks(createProgress('check'));
  const failed = results.filter(({ state }) => state === 'failed');
  for (const { name, message } of failed) console.log(`\n${name}:\n${message}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
});
