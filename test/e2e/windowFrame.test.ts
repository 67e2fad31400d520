import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { removeHomes, startBackend } from '../support/backend.ts';
import type { TestBackend } from '../support/backend.ts';
import { findAxeViolations, launchChromium, openArea, openWatchedPage } from '../support/browser.ts';
import { waitFor } from '../support/waitFor.ts';

const build = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));
let browser: Browser;
let backend: TestBackend;
let failures: string[] = [];

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [build, 'window']);
  browser = await launchChromium();
  backend = await startBackend();
});

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  expect(failures).toEqual([]);
});

afterAll(async () => {
  await browser.close();
  await backend.stop();
  removeHomes();
});

async function openWindow(): Promise<Page> {
  const watched = await openWatchedPage(browser, await backend.createLink());
  failures = watched.failures;
  await watched.page.getByRole('heading', { level: 1 }).waitFor();
  return watched.page;
}

const themeOf = (page: Page): Promise<string> => page.evaluate<string>('document.documentElement.dataset.theme');
const rootPixels = (page: Page): Promise<string> => page.evaluate<string>('getComputedStyle(document.documentElement).fontSize');
const areaTitle = (page: Page): Locator => page.getByRole('heading', { level: 1 });
const settingValue = async (key: string): Promise<unknown> => (await backend.client.settings.list({})).find((setting) => setting.key === key)?.value;

async function choose(page: Page, action: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill(action);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
}

describe('the frame of the window', () => {
  test('the areas stand in their order, and Ctrl with a digit goes to each', async () => {
    const page = await openWindow();

    const names = await page.getByRole('navigation').getByRole('link').allInnerTexts();
    for (const name of ['Journal', 'Settings']) {
      await page.keyboard.press(`Control+${names.indexOf(name) + 1}`);
      await page.getByRole('heading', { level: 1, name }).waitFor();
    }

    const order = ['Instances', 'Models', 'Chat', 'Builds', 'Training', 'Containers', 'Agents', 'GPUs', 'Journal', 'Settings'];
    expect([names, new URL(page.url()).hash]).toEqual([order.filter((name) => names.includes(name)), '#/settings']);
  });

  test('the palette runs an action by its name, and says why another cannot be done', async () => {
    const page = await openWindow();
    await openArea(page, 'Settings');

    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('inspector');
    const reason = await page.getByText('This area has no inspector').isVisible();
    await page.keyboard.press('Escape');
    await choose(page, 'go to journal');
    await page.getByRole('heading', { level: 1, name: 'Journal' }).waitFor();

    expect(reason).toBe(true);
  });

  test('the sheet of shortcuts lists what the registry has, and a slash goes to the filter', async () => {
    const page = await openWindow();
    await openArea(page, 'Journal');

    await page.keyboard.press('?');
    const lines = await page.getByRole('dialog').getByRole('term').allInnerTexts();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.keyboard.press('/');

    expect(lines).toEqual(expect.arrayContaining(['Go to Instances', 'Show all actions', 'Show or hide the panel', 'Zoom in']));
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Filter the journal');
  });

  test('rail and panel fold, and are found as they were left', async () => {
    const page = await openWindow();
    const panel = page.getByRole('region', { name: 'Terminals and logs' });

    await page.keyboard.press('Control+b');
    await page.keyboard.press('Control+j');
    await panel.waitFor();
    await waitFor(async () => JSON.stringify(await rememberedViews()).includes('"isPanelOpen":true'), { what: 'the layout to be saved' });
    await page.reload();
    await panel.waitFor();

    expect(await page.getByRole('navigation').getByText('Journal').count()).toBe(0);
    await page.keyboard.press('Control+b');
    await page.keyboard.press('Control+j');
    await waitFor(async () => JSON.stringify(await rememberedViews()).includes('"isPanelOpen":false'));
  });
});

async function rememberedViews(): Promise<unknown> {
  for await (const change of await backend.client.settings.watch({})) return change;
  return null;
}

describe('how the window looks', () => {
  test('the theme is a setting: chosen in the palette, the same after a reload, and the system decides when it is unset', async () => {
    const page = await openWindow();
    const before = await themeOf(page);

    await choose(page, 'light theme');
    await waitFor(async () => await themeOf(page) === 'light');
    await page.reload();
    await areaTitle(page).waitFor();
    const after = await themeOf(page);
    await backend.client.settings.reset({ key: 'window.theme' });
    await waitFor(async () => await themeOf(page) === 'dark');

    expect([before, after]).toEqual(['dark', 'light']);
  });

  test('zoom steps by its keys, is remembered, and scales the rows', async () => {
    const page = await openWindow();
    const before = await rootPixels(page);

    await page.keyboard.press('Control++');
    await waitFor(async () => await settingValue('window.zoomPercent') === 110);
    await page.reload();
    await areaTitle(page).waitFor();
    const after = await rootPixels(page);
    await page.keyboard.press('Control+0');
    await waitFor(async () => await rootPixels(page) === before);

    expect([before, after]).toEqual(['12.8px', '14.08px']);
  });

  test.each(['dark', 'light'] as const)('axe finds nothing in the %s theme', async (theme) => {
    const page = await openWindow();
    await backend.client.settings.set({ key: 'window.theme', value: theme });
    await waitFor(async () => await themeOf(page) === theme);
    await page.keyboard.press('Control+j');
    const found: string[] = [];

    for (const route of ['instances', 'journal', 'settings', 'settings/diagnostics']) {
      await page.evaluate(`location.hash = '#/${route}'`);
      await page.getByRole('heading', { level: 1, name: new RegExp(route.split('/')[0] ?? '', 'i') }).waitFor();
      found.push(...await findAxeViolations(page));
    }
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').waitFor();
    found.push(...await findAxeViolations(page));
    await page.keyboard.press('Escape');

    expect(found).toEqual([]);
  });
});

describe('settings and journal', () => {
  test('a setting is changed in its box, refused in place when it does not fit, and is there after a reload', async () => {
    const page = await openWindow();
    await openArea(page, 'Settings');
    const box = page.getByRole('textbox', { name: 'Starts at the same time' });

    await box.fill('99');
    await box.press('Enter');
    await page.getByText('50 is the most.').waitFor();
    await box.fill('4');
    await box.press('Enter');
    await waitFor(async () => await settingValue('instances.startLimit') === 4);
    await page.reload();

    await expect.poll(() => box.inputValue()).toBe('4');
    await page.getByRole('button', { name: /Set Starts at the same time back/ }).click();
    await waitFor(async () => await settingValue('instances.startLimit') === 2);
  });

  test('the journal shows a change as it happens, and its filter narrows', async () => {
    const page = await openWindow();
    await openArea(page, 'Journal');
    const rows = page.getByRole('table').getByRole('row');

    await backend.client.settings.set({ key: 'journal.keepDays', value: 91 });
    await page.getByRole('row', { name: /Keep entries for/ }).first().waitFor();
    await page.getByRole('searchbox').fill('keep entries');
    const shown = await rows.allInnerTexts();
    await page.getByRole('searchbox').fill('nothing like this');
    await page.getByText('No entry matches').waitFor();

    expect(shown.slice(1).every((row) => row.includes('Keep entries for'))).toBe(true);
  });
});

describe('an instance, from every area', () => {
  test('the palette finds it by name, and the journal leads to its row', async () => {
    const { id } = await backend.client.instances.create({ name: 'Reading room', blueprintId: 'http-server' });
    const page = await openWindow();
    await openArea(page, 'Journal');
    const row = page.getByRole('row', { name: /Reading room/ }).first();

    await row.getByRole('button', { name: /Reading room/ }).click();
    await page.getByRole('row', { name: /Reading room/, selected: true }).waitFor();
    await openArea(page, 'Settings');
    await choose(page, 'show reading room');

    await page.getByRole('row', { name: /Reading room/, selected: true }).waitFor();
    await backend.client.instances.delete({ instance: id });
  });
});

describe('a connection that breaks', () => {
  test('the window says so, keeps what it shows, and is back by itself with the truth of the next backend', async () => {
    const page = await openWindow();
    await openArea(page, 'Settings');
    const { home, url } = backend;
    await backend.kill();
    await page.getByText(/Connection lost, trying again/).first().waitFor();
    const stillThere = await areaTitle(page).innerText();

    backend = await startBackend({ home, port: Number(new URL(url).port) });
    await backend.client.settings.set({ key: 'instances.startLimit', value: 7 });
    await page.getByText(/Connection lost/).first().waitFor({ state: 'hidden' });

    await expect.poll(() => page.getByRole('textbox', { name: 'Starts at the same time' }).inputValue()).toBe('7');
    expect(stillThere).toBe('Settings');
  });
});
