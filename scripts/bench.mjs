#!/usr/bin/env node
// Runs the benches and prints their figures: `npm run bench -- [name …] [--json]`; `npm run bench:serving` those of test/bench/serving.
// A missed figure is said, not an error.
import { fork, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buildChanged } from './build.mjs';
import { ensureSetUp } from './setup.mjs';
import { createProgress, runMain } from './support/progress.mjs';
import { inRoot, pinnedNode, root, toolEnvironment } from './support/project.mjs';

const LIMIT_MS = 8 * 60_000;
const FIGURE_HEAD = ['figure', 'measured', 'reference', 'ratio', 'limit', ''];
const BAR_HEAD = ['bar', 'must', 'goal', 'measured', '', ''];

await runMain('bench', async () => {
  const args = process.argv.slice(2);
  const isJson = args.includes('--json');
  const isServing = args.includes('--serving');
  const say = createProgress('bench', (line) => { console.error(line); });
  await ensureSetUp({ say });
  if (!isServing) await buildChanged({ say });
  const report = { cores: cpus().length, processor: cpus()[0]?.model ?? 'unknown', notes: isServing ? listServingNotes() : [], rows: [], failures: [] };
  for (const note of report.notes) say(note);
  const folder = isServing ? inRoot('test', 'bench', 'serving') : inRoot('test', 'bench');
  await measureAll(chooseBenches(folder, args.filter((arg) => !arg.startsWith('-'))).map((name) => join(folder, name)), { report, say });
  say('done');
  if (isJson) console.log(JSON.stringify(report, null, 2));
  else printReport(report, isServing ? toBarLine : toFigureLine);
  if (report.failures.length > 0) process.exitCode = 1;
});

async function measureAll(paths, { report, say }) {
  const shared = mkdtempSync(join(tmpdir(), 'wh-bench-'));
  try {
    for (const path of paths) {
      const name = basename(path, '.ts');
      say(name);
      const { rows, failure } = await runBench(path, shared);
      report.rows.push(...rows);
      if (failure) report.failures.push({ name, failure });
    }
  } finally {
    rmSync(shared, { recursive: true, force: true });
  }
}

/** What the figures leave out. */
function listServingNotes() {
  const { status } = spawnSync(pinnedNode(), [inRoot('scripts', 'build-llama-server.mjs'), '--print'], { env: toolEnvironment() });
  return status === 0 ? [] : ['llama-server is not built on this machine (npm run build:llama-server): only the embedded engine is measured'];
}

/** Every file of the folder that holds a bench and whose name holds one of the words. */
function chooseBenches(folder, words) {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'benchRow.ts' && !name.endsWith('.test.ts')) : [];
  return names.toSorted().filter((name) => words.length === 0 || words.some((word) => name.includes(word)));
}

/** Each bench has a process of its own, so that none measures what another left behind. */
function runBench(path, shared) {
  return new Promise((resolve) => {
    const child = fork(inRoot('scripts/support/runBench.mjs'), [path], {
      cwd: root,
      execPath: pinnedNode(),
      execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
      env: { ...toolEnvironment(), WHEELHOUSE_BENCH_FOLDER: shared },
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

function toFigureLine(row) {
  return [row.name, `${round(row.measured)} ${row.unit}`, row.reference === null ? '–' : `${round(row.reference)} ${row.unit}`, round(row.ratio), row.limit, row.holds ? 'holds' : 'MISSES'];
}

function toBarLine({ name, limit, goal, measured, unit, holds, detail = '' }) {
  const verdict = !holds ? 'MISSES' : goal?.isReached === false ? 'holds, not the goal' : 'holds';
  return [name, limit, goal?.text ?? '–', `${round(measured)} ${unit}`, verdict, detail];
}

function printReport({ cores, processor, notes, rows, failures }, toLine) {
  const lines = [toLine === toBarLine ? BAR_HEAD : FIGURE_HEAD, ...rows.toSorted(byNumber).map(toLine)];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  console.log(`\n${cores} × ${processor}\n`);
  for (const line of lines) console.log(line.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd());
  for (const { name, failure } of failures) console.log(`${name}: FAILED, ${failure}`);
  for (const note of notes) console.log(note);
  const missed = rows.filter((row) => !row.holds).length;
  console.log(`\n${rows.length - missed} hold, ${missed} miss${failures.length > 0 ? `, ${failures.length} could not be measured` : ''}`);
}

/** Bars are numbered in their table; other figures stay in their order. */
function byNumber(a, b) {
  return (Number.parseInt(a.name, 10) || 0) - (Number.parseInt(b.name, 10) || 0);
}
