import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { makeHome, removeHomes, startBackend, type TestBackend } from '../support/backend.ts';
import { launchChromium } from '../support/browser.ts';
import { waitFor } from '../support/waitFor.ts';
import { toBenchRow, toRatioRow, type BenchRow } from './benchRow.ts';

const build = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));
const BLUEPRINT = 'stock:http-server';
/** The lightest run there is, so that the table is measured and not the app. */
const SLEEPER = '#!/bin/bash\n### WHEELHOUSE-BLUEPRINT 1 ###\n# name = Sleeper\n# kind = tool\n# ready.type = none\n# restart = never\n### END ###\nexec sleep 600\n';
const VIEWPORT = { width: 1440, height: 860 };
const PAINTS = 7;
const STARTED_INSTANCES = 20;
/** Lines drawn beyond the visible ones at both ends, the heading's half lines and the line in focus. */
const BEYOND_VISIBLE = 2 * 6 + 2;
const ports = { WHEELHOUSE_PORTS_FIRST: '19441', WHEELHOUSE_PORTS_LAST: '19480', WHEELHOUSE_INSTANCES_START_LIMIT: '4' };

/** The window's table with 500 instances in 60 groups: its first paint, its delay behind the backend, and what it draws. */
export async function benchWindowTable(): Promise<BenchRow[]> {
  await promisify(execFile)(process.execPath, [build, 'window']);
  const browser = await launchChromium();
  const few = await startBackend({ home: makeHome(), env: ports });
  const many = await startBackend({ home: makeHome(), env: ports });
  try {
    await fill(few, 20, 4);
    await fill(many, 500, 60);
    const paints = await measurePaints(browser, few, many);
    const drawnBeyondVisible = await measureScrolling(browser, many);
    const delayMs = await measureStatusDelay(browser, many);
    return [
      toRatioRow({ name: 'first paint of the table, 500 instances in 60 groups to 20', measured: paints.manyMs, reference: paints.fewMs, unit: 'ms', atMost: 1.5 }),
      toBenchRow({ name: 'a status change reaches the window, p95', measured: delayMs, unit: 'ms', atMost: 50 }),
      toBenchRow({ name: 'lines drawn beyond the visible ones while scrolling, most', measured: drawnBeyondVisible, unit: 'lines', atMost: BEYOND_VISIBLE }),
    ];
  } finally {
    await browser.close();
    await few.stop();
    await many.stop();
    removeHomes();
  }
}

async function fill({ client }: TestBackend, count: number, groupCount: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await client.instances.create({ name: `row ${String(index).padStart(3, '0')}`, blueprintId: BLUEPRINT, group: `Group ${String(index % groupCount).padStart(2, '0')}` });
  }
}

/** From the navigation to the frame after the first line stands in the document; both windows in turn, medians. */
async function measurePaints(browser: Browser, few: TestBackend, many: TestBackend): Promise<{ fewMs: number; manyMs: number }> {
  const fewMs: number[] = [];
  const manyMs: number[] = [];
  for (let round = 0; round < PAINTS; round += 1) {
    fewMs.push(await measurePaint(browser, few));
    manyMs.push(await measurePaint(browser, many));
  }
  return { fewMs: quantile(fewMs.slice(1), 0.5), manyMs: quantile(manyMs.slice(1), 0.5) };
}

const onFirstLine = `
  new MutationObserver((_changes, observer) => {
    if (document.querySelector('[role=treegrid] [data-status]') === null) return;
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => { window.paintedMs = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });
`;

async function measurePaint(browser: Browser, backend: TestBackend): Promise<number> {
  const page = await browser.newPage({ viewport: VIEWPORT });
  await page.addInitScript(onFirstLine);
  await page.goto(await backend.createLink());
  const paintedMs = await waitFor(() => page.evaluate<number | undefined>('window.paintedMs'), { what: 'the first paint' });
  await page.close();
  return paintedMs;
}

async function openTable(browser: Browser, backend: TestBackend): Promise<Page> {
  const page = await browser.newPage({ viewport: VIEWPORT });
  await page.goto(await backend.createLink());
  await page.locator('[role=treegrid] [data-status]').first().waitFor();
  return page;
}

const scrollThrough = `(async () => {
  const table = document.querySelector('[role=treegrid]');
  const visible = Math.ceil(table.clientHeight / 28);
  let most = 0;
  for (let top = 0; top < table.scrollHeight; top += 700) {
    table.scrollTop = top;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    most = Math.max(most, table.querySelectorAll('[data-key]').length);
  }
  table.scrollTop = 0;
  return most - visible;
})()`;

async function measureScrolling(browser: Browser, backend: TestBackend): Promise<number> {
  const page = await openTable(browser, backend);
  const beyond = await page.evaluate<number>(scrollThrough);
  await page.close();
  return beyond;
}

const watchStatuses = `
  window.seen = [];
  new MutationObserver((changes) => {
    const atMs = performance.timeOrigin + performance.now();
    for (const { target } of changes) window.seen.push({ id: target.dataset.key, status: target.dataset.status, atMs });
  }).observe(document.querySelector('[role=treegrid]'), { attributes: true, attributeFilter: ['data-status'], subtree: true });
`;

interface Seen { id: string; status: string; atMs: number }

/** Starts and stops instances whose lines are visible; each status is timed from the backend's own stamp to the document. */
async function measureStatusDelay(browser: Browser, backend: TestBackend): Promise<number> {
  const page = await openTable(browser, backend);
  const sleepers = await makeSleepers(backend);
  await page.getByRole('searchbox').fill('sleeper');
  await page.getByRole('rowheader', { name: 'sleeper 0', exact: true }).waitFor();
  await page.evaluate(watchStatuses);
  const stamps = new Map<string, number[]>();
  const watching = new AbortController();
  const collected = collectStamps(backend, stamps, watching.signal);
  for (const instance of sleepers) await startAndStop(backend, instance);
  watching.abort();
  await collected;
  const delays = delaysOf(await page.evaluate<Seen[]>('window.seen'), stamps);
  await page.close();
  return quantile(delays, 0.95);
}

async function makeSleepers({ client }: TestBackend): Promise<string[]> {
  const { id } = await client.blueprints.save({ stem: 'sleeper', text: SLEEPER });
  const names = Array.from({ length: STARTED_INSTANCES }, (_each, index) => `sleeper ${String(index)}`);
  for (const name of names) await client.instances.create({ name, blueprintId: id, group: 'Sleepers' });
  return names;
}

async function startAndStop({ client }: TestBackend, instance: string): Promise<void> {
  const has = (status: string) => async (): Promise<boolean> => (await client.instances.get({ instance })).status === status;
  await client.instances.start({ instance });
  await waitFor(has('started'), { timeoutMs: 30_000, everyMs: 100, what: 'the start' });
  await client.instances.stop({ instance });
  await waitFor(has('stopped'), { timeoutMs: 30_000, everyMs: 100, what: 'the stop' });
}

async function collectStamps({ client }: TestBackend, stamps: Map<string, number[]>, signal: AbortSignal): Promise<void> {
  try {
    for await (const change of await client.instances.watch({}, { signal })) {
      if (change.kind !== 'changed') continue;
      const { id, status, statusSinceMs } = change.instance;
      const known = stamps.get(`${id} ${status}`) ?? [];
      if (known.at(-1) !== statusSinceMs) stamps.set(`${id} ${status}`, [...known, statusSinceMs]);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** For each status seen in the document, the time since the last stamp before it. */
function delaysOf(seen: readonly Seen[], stamps: ReadonlyMap<string, readonly number[]>): number[] {
  return seen.flatMap(({ id, status, atMs }) => {
    const stampMs = (stamps.get(`${id} ${status}`) ?? []).findLast((each) => each <= atMs);
    return stampMs === undefined ? [] : [atMs - stampMs];
  });
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
