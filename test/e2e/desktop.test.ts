import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startBackend } from '../support/backend.ts';
import { endDesktop, openDesktopWindow, rowOf, seeInTerminal, showInstance, showStatus, startDesktop, startInstanceByKeys, waitForStatus } from '../support/desktopShell/realDesktop.ts';
import type { DesktopApp } from '../support/electronShim/launchDesktop.ts';
import { waitFor } from '../support/waitFor.ts';

const build = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));
let home = '';
let desktop: DesktopApp | null = null;

beforeAll(async () => { await promisify(execFile)(process.execPath, [build]); });

beforeEach(() => { home = mkdtempSync(join(tmpdir(), 'wheelhouse-desktop-')); });

afterEach(async () => {
  if (desktop) await endDesktop(desktop, home);
  desktop = null;
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

async function open(): Promise<{ app: DesktopApp; page: Page; failures: string[] }> {
  const app = startDesktop({ home });
  desktop = app;
  return { app, ...await openDesktopWindow(app) };
}

const isAlive = (pid: number | null): boolean => existsSync(`/proc/${pid ?? 0}`);

async function type(page: Page, line: string): Promise<void> {
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
}

test('an instance is made, started and seen in its terminal over the ports, and a reload finds all of it', async () => {
  const { app, page, failures } = await open();
  await startInstanceByKeys(page, 'lab');
  await waitFor(async () => (await app.ask('trayLabels')).includes('1 running'), { what: 'the tray to count' });

  await rowOf(page, 'lab').getByRole('button', { name: 'Terminal of lab' }).click();
  await seeInTerminal(page, /Serving|GET/);
  await page.keyboard.press('Control+Shift+Enter');
  await seeInTerminal(page, /[#$] *$/);
  await type(page, 'echo größe=$((40+2))');
  await seeInTerminal(page, 'größe=42');
  await page.reload();
  await waitForStatus(page, 'lab', 'started');
  await seeInTerminal(page, 'größe=42');
  await page.keyboard.press('Control+Shift+ArrowDown');
  await type(page, 'echo again=$((50+2))');
  await seeInTerminal(page, 'again=52');
  await page.evaluate(`navigator.clipboard.writeText('echo pasted=$((60+2))')`);
  await page.locator('[data-panel-pane="active"] .xterm-screen').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Paste' }).click();
  await seeInTerminal(page, 'echo pasted=');
  await page.keyboard.press('Enter');

  await seeInTerminal(page, 'pasted=62');
  expect(await showStatus(home)).toMatchObject({ shell: 'desktop', home });
  expect(failures).toEqual([]);
});

test('kill -9 of the app leaves the run alive; the next start has it and its shell again, and quitting asks what becomes of it', async () => {
  const first = await open();
  await startInstanceByKeys(first.page, 'lab');
  await first.page.keyboard.press('Control+Shift+Enter');
  await seeInTerminal(first.page, /[#$] *$/);
  await type(first.page, 'echo kept=$((40+2))');
  await seeInTerminal(first.page, 'kept=42');
  const { pid } = await showInstance(home, 'lab');
  await first.app.kill();
  expect(isAlive(pid)).toBe(true);

  const second = await open();
  await waitForStatus(second.page, 'lab', 'started');
  expect((await showInstance(home, 'lab')).pid).toBe(pid);
  await seeInTerminal(second.page, 'kept=42');
  await second.app.ask('answerDialog', { response: 1, checkboxChecked: false });
  await second.app.ask('setBounds', { width: 1111, height: 777 });
  await second.app.ask('closeWindow');
  expect([await second.app.exited, isAlive(pid)]).toEqual([0, true]);

  const third = await open();
  await waitForStatus(third.page, 'lab', 'started');
  expect((await third.app.ask('windows'))[0]?.bounds).toMatchObject({ width: 1111, height: 777 });
  const { terminalHost } = await showStatus(home);
  await third.app.ask('answerDialog', { response: 0, checkboxChecked: false });
  await third.app.ask('closeWindow');
  expect([await third.app.exited, isAlive(pid)]).toEqual([0, false]);
  await waitFor(() => !isAlive(terminalHost.pid), { what: 'the terminal host to end' });
});

test('the window cannot be led away, runs no foreign script and asks for nothing; a second start brings it to the front', async () => {
  const { app, page } = await open();

  await page.evaluate('void window.open("http://127.0.0.1:19001/lab", "_blank", "noopener")');
  await page.evaluate('void window.open("file:///etc/passwd")');
  await page.evaluate('void (location.href = "https://elsewhere.test/")');
  await page.evaluate(`document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.hasRunInline = true' }))`);
  const refused = await page.evaluate(`fetch('http://127.0.0.1:8337/').then(() => 'reached', () => 'refused')`);
  await waitFor(async () => (await app.findCalls('shell.openExternal')).length === 2, { what: 'two links' });
  const again = startDesktop({ home });

  expect(await again.exited).toBe(0);
  await waitFor(async () => (await app.findCalls('win.focus')).length > 0, { what: 'the focus' });
  expect(await app.findCalls('shell.openExternal')).toEqual([['http://127.0.0.1:19001/lab'], ['https://elsewhere.test/']]);
  expect([refused, await page.evaluate('window.hasRunInline ?? false')]).toEqual(['refused', false]);
  expect(await app.ask('askPermission', 'media')).toEqual({ isChecked: false, isGranted: false });
  expect((await app.ask('windows')).map(({ url }) => url.split('#')[0])).toEqual(['app://wheelhouse/index.html']);
  await page.getByText('No instances yet').waitFor();
});

test('where a headless backend has the data folder, its window opens in the browser instead', async () => {
  const backend = await startBackend({ home });
  desktop = startDesktop({ home });

  const exitCode = await desktop.exited;
  const { shell } = await showStatus(home);
  await backend.stop();

  expect([exitCode, shell]).toEqual([0, 'headless']);
});

test('a crashed page is loaded again on the same backend, and the zoom of menu and keys is one setting', async () => {
  const { app, page } = await open();
  const { pid } = await showStatus(home);

  await app.ask('crashPage');
  const next = await app.findPage('wheelhouse.app', { except: page });
  await next.getByText('No instances yet').waitFor();
  await app.ask('clickMenu', 'zoomIn');
  await waitFor(() => next.evaluate('getComputedStyle(document.documentElement).fontSize === "14.08px"'), { what: '110 %' });
  await next.keyboard.press('Control++');
  await waitFor(() => next.evaluate('getComputedStyle(document.documentElement).fontSize === "16px"'), { what: '125 %' });
  await app.ask('clickMenu', 'zoomOut');
  await waitFor(() => next.evaluate('getComputedStyle(document.documentElement).fontSize === "14.08px"'), { what: '110 % again' });

  expect(await showStatus(home)).toMatchObject({ pid });
});
