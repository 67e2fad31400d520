import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { gpuId } from '#contract/ids.ts';
import { aDevice, FakeDriver, GIB, uuidOf } from '../fakes/gpu/scenario.ts';
import type { LeaseWish } from '../fakes/gpu/leasingBackend.ts';
import type { Scenario } from '../fakes/gpu/scenario.ts';
import { makeHome, removeHomes, startBackend } from '../support/backend.ts';
import type { TestBackend } from '../support/backend.ts';
import { findAxeViolations, launchChromium, openWatchedPage } from '../support/browser.ts';
import { waitFor } from '../support/waitFor.ts';

const build = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));
const program = fileURLToPath(new URL('../fakes/gpu/leasingBackend.ts', import.meta.url));

const blueprint = `#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = Needs a GPU
# kind = tool
# verbs = run
# ready.type = process
# requires.gpu = nvidia
# requires.vram_mib = 20480
### END ###
exec sleep infinity
`;

const eight = Array.from({ length: 8 }, (_, n) => aDevice(n, { values: n === 7 ? { temp: 91, throttle: 0x20, display: 1 } : { throttle: n === 1 ? 4 : 1 } }));
const box: Scenario = { devices: eight, processes: [{ gpu: uuidOf(2), pid: process.pid, used: GIB }] };

let browser: Browser;
let backend: TestBackend;
let driver: FakeDriver;
let page: Page;
let failures: string[] = [];

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [build, 'window']);
  browser = await launchChromium();
  driver = new FakeDriver(box);
  backend = await startBackend({ home: makeHome(), program, env: { WHEELHOUSE_NVIDIA_SMI: driver.nvidiaSmi, WHEELHOUSE_NVML_LIBRARY: join(driver.folder, 'none.so') } });
  page = await openWindow(backend);
}, 120_000);

afterEach(() => { expect(failures).toEqual([]); });

afterAll(async () => {
  await browser.close();
  await backend.stop();
  driver.remove();
  removeHomes();
});

async function openWindow(of: TestBackend): Promise<Page> {
  const watched = await openWatchedPage(browser, await of.createLink());
  failures = watched.failures;
  await watched.page.getByRole('heading', { level: 1 }).waitFor();
  await watched.page.evaluate("location.hash = '#/gpus'");
  await watched.page.getByRole('heading', { level: 1, name: 'GPUs' }).waitFor();
  return watched.page;
}

const rowOf = (index: number) => page.getByRole('row').filter({ has: page.getByRole('button', { name: new RegExp(`^GPU ${index} `) }) });
const wish = (wishes: readonly LeaseWish[]): void => { writeFileSync(join(backend.home, 'leases.json'), JSON.stringify(wishes)); };

describe('a box with eight cards', () => {
  test('each has a line with its figures, what holds it back in words, and a meter in the status bar that opens it', async () => {
    await rowOf(7).waitFor();
    const [second, last] = await Promise.all([rowOf(1).innerText(), rowOf(7).innerText()]);

    await page.getByRole('contentinfo').getByRole('link', { name: /^GPU 3,/ }).click();
    await page.getByRole('region', { name: 'Who holds the memory' }).waitFor();

    expect([second, last].map((text) => text.replaceAll(/\s+/g, ' '))).toEqual([expect.stringContaining('power limit'), expect.stringMatching(/91 °C.*heat.*display/)]);
    expect(await rowOf(3).getByRole('button').getAttribute('aria-expanded')).toBe('true');
  });

  test('arrows go from row to row, unfold and fold; what is unfolded is there after a reload', async () => {
    await rowOf(3).getByRole('button').focus();

    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowRight');
    await page.getByText(String(process.pid), { exact: true }).waitFor();
    await waitFor(async () => JSON.stringify(await rememberedViews()).includes(uuidOf(2)), { what: 'the layout to be saved' });
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'GPUs' }).waitFor();

    await expect.poll(() => rowOf(2).getByRole('button').getAttribute('aria-expanded')).toBe('true');
    expect(await rowOf(3).getByRole('button').getAttribute('aria-expanded')).toBe('false');
  });

  test('a process that nobody here started is named as not ours, with its pid', async () => {
    const line = page.getByRole('region', { name: 'Processes' }).getByRole('row', { name: new RegExp(String(process.pid)) });

    await expect.poll(() => line.innerText()).toMatch(/not ours[\s\S]*1\.0 GiB/);
  });

  test('the history draws four plots, is read by keys, zooms, and goes back', async () => {
    const history = page.getByRole('group', { name: /^History:/ });
    await history.waitFor();
    const plots = await history.locator('canvas').count();

    await history.focus();
    await page.keyboard.press('ArrowLeft');
    const moment = await history.getByText(/\d\d:\d\d:\d\d/).isVisible();
    await page.keyboard.press('+');
    await page.getByRole('button', { name: 'Whole range' }).click();

    expect([plots, moment]).toEqual([4, true]);
    await page.getByRole('button', { name: 'Whole range' }).waitFor({ state: 'hidden' });
  });

  test('leases stand as parts of a bar; who waits says why, and what could be stopped is stopped after a question', async () => {
    const saved = await backend.client.blueprints.save({ stem: 'needs-a-gpu', text: blueprint });
    const holder = await backend.client.instances.create({ name: 'Holder', blueprintId: saved.id, gpuIds: [gpuId.parse(uuidOf(2))] });
    await backend.client.instances.start({ instance: holder.id });
    await waitFor(async () => (await backend.client.leases.list({})).leases.some((lease) => lease.holder.id === holder.id), { what: 'the lease of the start', timeoutMs: 20_000 });

    await page.getByRole('region', { name: 'Who holds the memory' }).getByRole('link', { name: 'Holder' }).waitFor();
    wish([{ holder: { kind: 'build', id: 'build_1', name: 'A build' }, need: { bytes: 10 * GIB, placement: { kind: 'uuid', gpuIds: [gpuId.parse(uuidOf(2))] } } }]);
    const waiting = page.getByRole('region', { name: 'Waiting for room' });
    await waiting.getByText(/Needs 10\.0 GiB; .* missing/).waitFor();
    await waiting.getByRole('button', { name: 'Stop Holder' }).click();
    await page.getByRole('dialog', { name: 'Stop Holder?' }).getByRole('button', { name: 'Stop Holder' }).click();

    await waitFor(async () => (await backend.client.instances.get({ instance: holder.id })).status === 'stopped', { timeoutMs: 20_000, what: 'the instance to stop' });
  });

  test('the sheet for a new instance says before the start where it fits', async () => {
    await page.evaluate("location.hash = '#/instances'");
    await page.reload();
    await page.getByRole('button', { name: 'New instance' }).first().click();
    const sheet = page.getByRole('dialog', { name: 'New instance' });
    await sheet.getByRole('option', { name: /Needs a GPU/ }).click();

    await sheet.getByText(/Fits now on GPU \d: needs 20\.0 GiB/).waitFor();
    await sheet.getByRole('checkbox', { name: /^GPU 2/ }).click();
    await sheet.getByRole('button', { name: 'Cancel' }).click();
    await page.evaluate("location.hash = '#/gpus'");

    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('GPUs');
  });

  test.each(['dark', 'light'] as const)('axe finds nothing in the %s theme', async (value) => {
    await backend.client.settings.set({ key: 'window.theme', value });
    await waitFor(async () => await page.evaluate<string>('document.documentElement.dataset.theme') === value);

    expect(await findAxeViolations(page)).toEqual([]);
  });
});

describe('a driver in trouble', () => {
  test('a device off the bus keeps its line and says that it is lost', async () => {
    driver.play({ ...box, devices: eight.map((device, n) => (n === 5 ? { ...device, isLost: true } : device)) });

    await rowOf(5).getByText('Lost', { exact: true }).waitFor({ timeout: 30_000 });
    await page.getByRole('contentinfo').getByRole('link', { name: /^GPU 5, .*: lost$/ }).waitFor();

    driver.play(box);
    await rowOf(5).getByText('Lost', { exact: true }).waitFor({ state: 'hidden', timeout: 30_000 });
  });

  test('one that does not answer is named, with the age of what is shown', async () => {
    driver.play({ ...box, mode: 'hang' });

    await page.getByText('The NVIDIA driver does not answer').waitFor({ timeout: 30_000 });
    await page.getByText(/What is shown is .* old/).waitFor();

    driver.play(box);
    await page.getByText('The NVIDIA driver does not answer').waitFor({ state: 'hidden', timeout: 60_000 });
  });
});

describe('a box without a card', () => {
  test('shows the workstation, and says once what would enable GPUs', async () => {
    const bare = await startBackend();
    const window = await openWindow(bare);
    await window.getByRole('region', { name: 'Network' }).waitFor();
    const parts = await window.getByRole('heading', { level: 2 }).allInnerTexts();

    const violations = await findAxeViolations(window);
    await window.getByRole('button', { name: 'Do not show this again' }).click();
    await waitFor(async () => JSON.stringify(await rememberedViews(bare)).includes('gpus.enableNote'), { what: 'it to be remembered' });
    await window.reload();
    await window.getByRole('region', { name: 'CPU' }).waitFor();

    expect([parts, violations]).toEqual([['No GPU was found', 'CPU', 'Memory', 'Disks', 'Network'], []]);
    expect(await window.getByText('No GPU was found').count()).toBe(0);
    await window.close();
    await bare.stop();
  });
});

async function rememberedViews(of: TestBackend = backend): Promise<unknown> {
  for await (const change of await of.client.settings.watch({})) return change;
  return null;
}
