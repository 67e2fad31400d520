import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Locator, Page } from 'playwright-core';
import { z } from 'zod';
import { poolEnvironment } from '../backend.ts';
import { launchDesktop, type DesktopApp } from '../electronShim/launchDesktop.ts';
import { waitFor } from '../waitFor.ts';

const inRepository = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const instance = z.object({ name: z.string(), status: z.string(), pid: z.int().nullable(), port: z.int().nullable(), url: z.string().nullable() });
const status = z.object({ pid: z.int(), home: z.string(), address: z.string().nullable(), shell: z.string(), terminalHost: z.object({ pid: z.int().nullable() }) });

interface DesktopPlace {
  /** The data folder. */
  home: string;
  /** The main bundle; the one in dist when it is not given. */
  mainPath?: string;
  resourcesPath?: string;
  env?: Readonly<Record<string, string>>;
}

/** Starts the true desktop on the stand-in; two of the same home are two starts by the user. */
export function startDesktop({ home, mainPath = inRepository('dist/electron/main.mjs'), resourcesPath, env = {} }: DesktopPlace): DesktopApp {
  return launchDesktop({
    mainPath, userDataPath: join(home, 'desktop'), ...(resourcesPath === undefined ? {} : { resourcesPath }),
    env: { ...poolEnvironment(), WHEELHOUSE_HOME: home, WHEELHOUSE_LISTENER_PORT: '0', ...env },
  });
}

/** The window of the application once it shows the backend's state, and every error that its page reports from now on. */
export async function openDesktopWindow(app: DesktopApp): Promise<{ page: Page; failures: string[] }> {
  const page = await app.findPage('wheelhouse.app', { timeoutMs: 60_000 });
  const failures: string[] = [];
  page.on('pageerror', (error) => { failures.push(error.stack ?? error.message); });
  page.on('console', (message) => { if (message.type() === 'error') failures.push(message.text()); });
  await page.getByRole('heading', { name: 'Instances' }).first().waitFor();
  return { page, failures };
}

/** Ends an application that still runs, with its runs and its terminal host. */
export async function endDesktop(app: DesktopApp, home: string): Promise<void> {
  if (app.process.exitCode === null && app.process.signalCode === null) {
    await wheelhouse(home, 'stop');
    await app.exited;
  }
  await app.stop();
}

/** The command line on a data folder; the answer is its JSON. */
export async function wheelhouse(home: string, ...args: string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [inRepository('scripts/wheelhouse.mjs'), ...args, '--json', '--home', home]);
  return stdout.trim() === '' ? null : JSON.parse(stdout);
}

export const showInstance = async (home: string, name: string) => instance.parse(await wheelhouse(home, 'instance', 'show', name));
export const showStatus = async (home: string) => status.parse(await wheelhouse(home, 'status'));

export const rowOf = (page: Page, name: string): Locator => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });

/** Makes an instance of the stock http-server by the window's keys and starts it; the row has the focus after it. */
export async function startInstanceByKeys(page: Page, name: string): Promise<void> {
  await page.keyboard.press('n');
  await page.getByRole('combobox', { name: 'Blueprint' }).waitFor();
  await page.keyboard.type('http');
  await page.getByRole('option', { name: /^HTTP server/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.getByLabel('Name').fill(name);
  await page.keyboard.press('Enter');
  await waitFor(() => page.evaluate(`document.activeElement.querySelector('[data-column=name]')?.textContent === ${JSON.stringify(name)}`), { what: 'the focus on the new row' });
  await page.keyboard.press('Space');
  await waitForStatus(page, name, 'started');
}

export async function waitForStatus(page: Page, name: string, wanted: string): Promise<void> {
  await rowOf(page, name).and(page.locator(`[data-status=${wanted}]`)).waitFor({ timeout: 60_000 });
}

/** Waits until the terminal in front shows a text. */
export async function seeInTerminal(page: Page, text: string | RegExp): Promise<void> {
  const read = async (): Promise<string> => (await page.locator('[data-panel-pane="active"] .xterm-rows').innerText({ timeout: 1_000 })).replaceAll('\u00a0', ' ');
  await waitFor(async () => new RegExp(text, 'm').test(await read()), { timeoutMs: 20_000, what: `the terminal to show ${String(text)}` });
}
