import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { launchDesktop, type DesktopApp } from '../support/electronShim/launchDesktop.ts';
import { waitFor } from '../support/waitFor.ts';

const execute = promisify(execFile);
const inRepository = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'wheelhouse-desktop-'));
const instance = z.object({ name: z.string(), status: z.string(), pid: z.int().nullable(), port: z.int().nullable(), url: z.string().nullable() });
let desktop: DesktopApp | null = null;

beforeAll(async () => { await execute(process.execPath, [inRepository('scripts/build.mjs')]); });

afterEach(async () => {
  await desktop?.stop();
  desktop = null;
});

afterAll(() => { rmSync(home, { recursive: true, force: true, maxRetries: 5 }); });

async function open(): Promise<{ app: DesktopApp; page: Page }> {
  const app = launchDesktop({
    mainPath: inRepository('dist/electron/main.mjs'),
    userDataPath: join(home, 'desktop'),
    env: { WHEELHOUSE_HOME: home, WHEELHOUSE_LISTENER_PORT: '0' },
  });
  desktop = app;
  const page = await app.findPage('wheelhouse.app', { timeoutMs: 60_000 });
  await page.getByRole('heading', { name: 'Instances' }).first().waitFor();
  return { app, page };
}

async function wheelhouse(...args: string[]): Promise<unknown> {
  const { stdout } = await execute(process.execPath, [inRepository('scripts/wheelhouse.mjs'), ...args, '--json', '--home', home]);
  return stdout.trim() === '' ? null : JSON.parse(stdout);
}

const showLab = async () => instance.parse(await wheelhouse('instance', 'show', 'lab'));
const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

test('the true bundles open the window on the backend, and its scripts break no policy', async () => {
  const { app, page } = await open();
  const problems: string[] = [];
  page.on('console', (message) => { if (message.type() === 'error') problems.push(message.text()); });
  await page.reload();
  await page.getByRole('heading', { name: 'Instances' }).first().waitFor();

  expect(await wheelhouse('status')).toMatchObject({ shell: 'desktop', home });
  expect(problems).toEqual([]);
  expect((await app.ask('windows'))[0]).toMatchObject({ url: expect.stringContaining('app://wheelhouse/') as string, isVisible: true });
});

test('a run is seen in the window, lives on when the app quits, is found again with its terminal, and ends with the app when asked', async () => {
  const first = await open();
  await wheelhouse('instance', 'create', 'lab', '--blueprint', 'http-server');
  await wheelhouse('instance', 'start', 'lab', '--wait');
  const started = await showLab();
  expect(started).toMatchObject({ status: 'started', pid: expect.any(Number) as number });
  await first.page.getByText('lab', { exact: true }).first().waitFor();
  await waitFor(async () => (await first.app.ask('trayLabels')).includes('1 running'), { what: 'the tray' });

  await first.app.ask('clickTray', 'quitLeave');
  expect(await first.app.exited).toBe(0);
  expect(isAlive(started.pid ?? 0)).toBe(true);

  const second = await open();
  await waitFor(async () => (await showLab()).status === 'started', { what: 'the adoption' });
  expect((await showLab()).pid).toBe(started.pid);

  await second.app.ask('clickTray', 'quitStop');
  expect(await second.app.exited).toBe(0);
  expect(isAlive(started.pid ?? 0)).toBe(false);
});

test('bounds and theme are kept by the backend', async () => {
  const first = await open();
  await first.app.ask('setBounds', { width: 1111, height: 777 });
  await first.app.ask('closeWindow');
  expect(await first.app.exited).toBe(0);

  const second = await open();

  expect((await second.app.ask('windows'))[0]?.bounds).toMatchObject({ width: 1111, height: 777 });
});

test('a crashed page is loaded again on the same backend', async () => {
  const { app, page } = await open();
  const { pid } = z.object({ pid: z.int() }).parse(await wheelhouse('status'));

  await app.ask('crashPage');

  const again = await app.findPage('wheelhouse.app', { except: page });
  await again.getByRole('heading', { name: 'Instances' }).first().waitFor();
  expect(await wheelhouse('status')).toMatchObject({ pid });
});
