#!/usr/bin/env node
// Runs the benches and prints their figures: `npm run bench -- [name …] [--json]`. A missed figure is said, not an error.
import { fork } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { buildChanged } from './build.mjs';
import { ensureSetUp } from './setup.mjs';
import { createProgress, runMain } from './support/progress.mjs';
import { inRoot, pinnedNode, root, toolEnvironment } from './support/project.mjs';

const LIMIT_MS = 5 * 60_000;

await runMain('bench', async () => {
  const args = process.argv.slice(2);
  const isJson = args.includes('--json');
  const say = createProgress('bench', (line) => { console.error(line); });
  await ensureSetUp({ say });
  await buildChanged({ say });
  const report = { cores: cpus().length, processor: cpus()[0]?.model ?? 'unknown', rows: [], failures: [] };
  for (const name of chooseBenches(args.filter((arg) => !arg.startsWith('-')))) {
    say(name);
    const { rows, failure } = await runBench(name);
    report.rows.push(...rows);
    if (failure) report.failures.push({ name, failure });
  }
  if (isJson) console.log(JSON.stringify(report, null, 2));
  else printTable(report);
  if (report.failures.length > 0) process.exitCode = 1;
});

/** Every file of test/bench that holds a bench and whose name holds one of the words. */
function chooseBenches(words) {
  const folder = inRoot('test', 'bench');
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'benchRow.ts' && !name.endsWith('.test.ts')) : [];
  return names.toSorted().filter((name) => words.length === 0 || words.some((word) => name.includes(word)));
}

/** Each bench has a process of its own, so that none measures what another left behind. */
function runBench(name) {
  return new Promise((resolve) => {
    const child = fork(inRoot('scripts/support/runBench.mjs'), [inRoot('test', 'bench', name)], {
      cwd: root,
      execPath: pinnedNode(),
      execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
      env: toolEnvironment(),
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    let rows = null;
    child.on('message', (message) => { rows = message; });
    child.on('close', (code, signal) => { resolve({ rows: rows ?? [], failure: rows ? null : `ended with ${code ?? signal} and no figures` }); });
  });
}

function round(value) {
  return value === null ? '–' : String(Number(value.toPrecision(4)));
}

function printTable({ cores, processor, rows, failures }) {
  const lines = [['figure', 'measured', 'reference', 'ratio', 'limit', ''], ...rows.map((row) => [
    row.name, `${round(row.measured)} ${row.unit}`, row.reference === null ? '–' : `${round(row.reference)} ${row.unit}`, round(row.ratio), row.limit, row.holds ? 'holds' : 'MISSES',
  ])];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  console.log(`\n${cores} × ${processor}\n`);
  for (const line of lines) console.log(line.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd());
  for (const { name, failure } of failures) console.log(`${name}: FAILED, ${failure}`);
  const missed = rows.filter((row) => !row.holds).length;
  console.log(`\n${rows.length - missed} hold, ${missed} miss${failures.length > 0 ? `, ${failures.length} could not be measured` : ''}`);
}
