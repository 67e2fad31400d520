#!/usr/bin/env node
// Runs every test and sums up. `npm test -- unit` runs one step, `npm test -- integration jupyter` its matching files.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildChanged } from './build.mjs';
import { ensureSetUp } from './setup.mjs';
import { runChecks } from './support/checks.mjs';
import { runCommand } from './support/commands.mjs';
import { startLlamaServerBuild } from './support/llamaForTests.mjs';
import { createProgress, PlainError, runMain } from './support/progress.mjs';
import { inRoot, pinnedNode, toolEnvironment } from './support/project.mjs';
import { readJson } from './support/stamps.mjs';
import { ensureTestTools, findChromium } from './support/testTools.mjs';

/** The continuous integration gives half an hour; a cold llama-server takes up to eight minutes of it. */
const LIMIT_MS = 27 * 60_000;

/** The suites in order. What measures time runs alone; the rest two files at a time. */
const suites = [
  { name: 'unit', workers: 2 },
  { name: 'contract', workers: 2 },
  { name: 'integration', workers: 2 },
  { name: 'e2e', workers: 1 },
];
const stepNames = ['check', ...suites.map(({ name }) => name)];

const say = createProgress('test');

await runMain('test', async () => {
  const { steps, filters } = parseArguments(process.argv.slice(2));
  await ensureSetUp();
  const results = [];
  if (steps.some((step) => step === 'integration' || step === 'e2e')) results.push(...await prepare());
  const llamaServer = wantsLlamaServer(steps, filters) ? startLlamaServerBuild(say) : null;
  if (steps.includes('check')) results.push(...await runChecks(say));
  for (const suite of suites.filter(({ name }) => steps.includes(name))) {
    if (suite.name === 'integration') await llamaServer?.settle();
    results.push(...await runSuite(suite, filters));
  }
  printSummary(results);
});

/** Words that name steps choose them; the others filter files by their path. */
function parseArguments(args) {
  const words = args.filter((arg) => !arg.startsWith('-'));
  const steps = words.filter((word) => stepNames.includes(word));
  return { steps: steps.length > 0 ? steps : stepNames, filters: words.filter((word) => !stepNames.includes(word)) };
}

/** Files that are chosen by name want it only when the names say so. */
function wantsLlamaServer(steps, filters) {
  return steps.includes('integration') && (filters.length === 0 || filters.some((filter) => /llama|serv|model|engine/i.test(filter)));
}

/** Tools and builds that the suites use. A build that fails is a failed test: the others still say what they can. */
async function prepare() {
  await ensureTestTools(say);
  try {
    await buildChanged({ say });
    return [];
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    say('FAILED  build');
    return [{ name: 'build', state: 'failed', message: error.message }];
  }
}

async function runSuite({ name, workers }, filters) {
  say(name);
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-report-'));
  const reportPath = join(folder, `${name}.json`);
  try {
    const args = ['run', '--config', 'test/vitest.config.ts', '--project', name, '--maxWorkers', String(workers), '--passWithNoTests', '--allowOnly=false', '--silent=passed-only', ...filters];
    const chromium = findChromium();
    const { status, signal } = await runCommand(pinnedNode(), [inRoot('node_modules', 'vitest', 'vitest.mjs'), ...args], {
      env: toolEnvironment({ WHEELHOUSE_TEST_REPORT: reportPath, ...(chromium ? { WHEELHOUSE_TEST_CHROMIUM: chromium } : {}) }),
      timeoutMs: Math.max(1, LIMIT_MS - performance.now()),
    });
    const reported = readJson(reportPath) ?? [];
    return withoutSilentFailure(reported.map((test) => ({ ...test, name: `${name}: ${test.file}: ${test.name}` })), { name, status, signal });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A runner that ends badly without a failed test in its report counts as one. */
function withoutSilentFailure(tests, { name, status, signal }) {
  if (status === 0 || tests.some(({ state }) => state === 'failed')) return tests;
  const message = signal === 'SIGKILL' ? `not done within ${LIMIT_MS / 60_000} minutes` : `the runner ended with ${status ?? signal}`;
  return [...tests, { name: `${name}: the run itself`, state: 'failed', message }];
}

function printSummary(results) {
  const of = (state) => results.filter((test) => test.state === state);
  for (const { name, message } of of('failed')) console.log(`\nFAILED  ${name}\n${message.replaceAll(/^/gm, '    ')}`);
  if (of('skipped').length > 0) console.log('\nSkipped:');
  for (const { name, message } of of('skipped')) console.log(`  ${name}: ${message}`);
  if (results.length === of('skipped').length) console.log('\nNo test ran.');
  console.log(`\n${of('passed').length} passed, ${of('failed').length} failed, ${of('skipped').length} skipped`);
  if (of('failed').length > 0 || results.length === of('skipped').length) process.exitCode = 1;
}
