import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { removeHomes, startBackend } from '../support/backend.ts';
import type { TestBackend } from '../support/backend.ts';
import { findAxeViolations, launchChromium, openWatchedPage } from '../support/browser.ts';
import { waitFor } from '../support/waitFor.ts';

const build = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));
const BLUEPRINT = 'stock:http-server';
let browser: Browser;
let backend: TestBackend;
let failures: string[] = [];

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [build, 'window']);
  browser = await launchChromium();
  backend = await startBackend({ env: { WHEELHOUSE_PORTS_FIRST: '19401', WHEELHOUSE_PORTS_LAST: '19440' } });
});

afterEach(async () => {
  expect(failures).toEqual([]);
  await Promise.all(browser.contexts().map((context) => context.close()));
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

const rowOf = (page: Page, name: string): Locator => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });
const focusedName = (page: Page): Promise<string> => page.evaluate<string>('document.activeElement.querySelector("[data-column=name]")?.textContent ?? document.activeElement.outerHTML.slice(0, 200)');
const statusOf = async (name: string): Promise<string> => (await backend.client.instances.get({ instance: name })).status;
const make = (name: string, facts: { group?: string; notes?: string } = {}) => backend.client.instances.create({ name, blueprintId: BLUEPRINT, ...facts });

async function removeAll(): Promise<void> {
  for (const { id } of await backend.client.instances.list({})) {
    await backend.client.instances.stop({ instance: id });
    await waitFor(async () => ['stopped', 'error'].includes(await statusOf(id)), { timeoutMs: 30_000 });
    await backend.client.instances.delete({ instance: id });
  }
}

async function rememberedView(name: string): Promise<unknown> {
  for await (const change of await backend.client.settings.watch({})) {
    return change.kind === 'snapshot' ? change.views.find((view) => view.name === name)?.value : null;
  }
  return null;
}

test('without a mouse: an instance is created, started, opened, stopped, put in the trash and restored', async () => {
  const page = await openWindow();
  await page.getByRole('button', { name: 'Create and start HTTP server' }).waitFor();

  await page.keyboard.press('n');
  await page.getByRole('combobox', { name: 'Blueprint' }).waitFor();
  await page.keyboard.type('http');
  await page.getByRole('option', { name: /^HTTP server/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.getByLabel('Name').fill('lab');
  await page.keyboard.press('Enter');
  await waitFor(async () => await focusedName(page) === 'lab', { what: 'the new row to have the focus' });
  await page.keyboard.press('Space');
  await page.locator('[data-status=started]').waitFor({ timeout: 30_000 });
  const { url } = await backend.client.instances.get({ instance: 'lab' });
  const answer = await (await fetch(url ?? '')).text();
  await page.keyboard.press('Space');
  await page.locator('[data-status=stopped]').waitFor({ timeout: 30_000 });
  await page.keyboard.press('Delete');
  await page.getByRole('dialog', { name: 'Move lab to the trash?' }).getByRole('button', { name: 'Move to trash' }).press('Enter');
  await page.getByText('No instances yet').waitFor();
  await page.evaluate('location.hash = "#/instances/trash"');
  await page.getByRole('button', { name: 'Restore lab' }).press('Enter');
  await page.getByText('The trash is empty.').waitFor();
  await page.evaluate('location.hash = "#/instances"');

  await rowOf(page, 'lab').waitFor();
  await removeAll();
  await page.evaluate('location.hash = "#/instances/trash"');
  await page.getByRole('button', { name: 'Delete for good: lab' }).press('Enter');
  await page.getByRole('dialog', { name: 'Delete lab for good?' }).getByRole('button', { name: 'Delete for good' }).press('Enter');
  await page.getByText('The trash is empty.').waitFor();

  expect(answer).toContain('It works');
});

test('several cells of several rows are edited, reviewed old to new, taken back by Ctrl Z and applied at once', async () => {
  await make('alpha', { group: 'Old' });
  await make('beta', { group: 'Old', notes: 'first' });
  const page = await openWindow();

  await rowOf(page, 'alpha').getByRole('rowheader').click();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Home');
  await rowOf(page, 'alpha').locator('[data-column=notes]').dblclick();
  await page.keyboard.type('shared');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('e');
  await page.keyboard.type('for both');
  await page.keyboard.press('Control+Enter');
  await page.getByText('2 changes in 2 instances').waitFor();
  await page.keyboard.press('Control+z');
  await page.getByText('1 change in 1 instance').waitFor();
  await rowOf(page, 'beta').locator('[data-column=port]').dblclick();
  await page.keyboard.type('19435');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Review' }).click();
  const lines = await page.getByRole('dialog').getByRole('row').allInnerTexts();
  await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });

  const [alpha, beta] = [await backend.client.instances.get({ instance: 'alpha' }), await backend.client.instances.get({ instance: 'beta' })];
  expect(lines.slice(1).map((line) => line.split(/\s*\t\s*/).slice(0, 5))).toEqual([
    ['alpha', 'Notes', 'empty', 'shared', 'At once'],
    ['beta', 'Port', 'Auto', '19435', 'At once'],
  ]);
  expect([alpha.notes, beta.notes, beta.portSetting]).toEqual(['shared', 'first', 19_435]);
  await removeAll();
});

test('a change that is refused stays in the review, with its reason', async () => {
  await make('picky');
  const page = await openWindow();
  await rowOf(page, 'picky').locator('[data-column=port]').dblclick();
  await page.keyboard.type('19500');
  await page.keyboard.press('Enter');

  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
  const note = await page.getByRole('dialog').getByRole('alert').innerText();
  await page.keyboard.press('Escape');
  await page.getByText('1 change in 1 instance').waitFor();

  expect(note).not.toBe('');
  expect((await backend.client.instances.get({ instance: 'picky' })).portSetting).toBe('auto');
  await page.getByRole('button', { name: 'Discard' }).click();
  await removeAll();
});

test('focus and a half-typed edit survive live updates of their row and of its neighbours', async () => {
  await make('left');
  await make('right');
  const page = await openWindow();
  await rowOf(page, 'right').getByRole('rowheader').click();
  await page.keyboard.press('e');
  await page.keyboard.type('half');

  await backend.client.instances.update({ edits: [{ instance: 'right', set: { notes: 'from elsewhere', autostart: true } }] });
  await backend.client.instances.delete({ instance: 'left' });
  await make('another');
  await rowOf(page, 'another').waitFor();
  await page.keyboard.type('-typed');
  await page.keyboard.press('Enter');

  await page.getByText('1 change in 1 instance').waitFor();
  expect(await focusedName(page)).toBe('half-typed');
  await page.getByRole('button', { name: 'Discard' }).click();
  await removeAll();
});

test('a value that changed elsewhere meanwhile is shown as a conflict before anything is applied', async () => {
  await make('shared');
  const page = await openWindow();
  await rowOf(page, 'shared').locator('[data-column=notes]').dblclick();
  await page.keyboard.type('mine');
  await page.keyboard.press('Enter');

  await backend.client.instances.update({ edits: [{ instance: 'shared', set: { notes: 'theirs' } }] });

  await page.getByText('1 changed elsewhere meanwhile').waitFor();
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByText('Changed elsewhere since you began; now theirs').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Discard' }).click();
  await removeAll();
});

test('columns, widths, sort and folded groups are the same after a reload', async () => {
  await make('one', { group: 'First' });
  await make('two', { group: 'Second' });
  const page = await openWindow();
  const header = (name: string): Locator => page.getByRole('columnheader', { name: new RegExp(`^${name}`) });
  const widthOf = async (name: string): Promise<number> => Math.round((await header(name).boundingBox())?.width ?? 0);

  await header('Health').getByRole('button').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Hide column' }).click();
  await page.getByRole('separator', { name: 'Width of Status' }).press('ArrowRight');
  await header('Blueprint').getByRole('button').click();
  await page.getByRole('row', { name: /^Second/ }).getByText('Second').click();
  await rowOf(page, 'two').waitFor({ state: 'hidden' });
  const before = await widthOf('Status');
  await waitFor(async () => JSON.stringify(await rememberedView('instances.table') ?? null).includes('group:Second'), { what: 'the view to be saved' });
  await page.reload();
  await rowOf(page, 'one').waitFor();

  expect([await header('Health').count(), await widthOf('Status'), await header('Blueprint').getAttribute('aria-sort'), await rowOf(page, 'two').count()]).toEqual([0, before, 'ascending', 0]);
  expect(before).toBe(276);
  await backend.client.settings.rememberView({ name: 'instances.table', value: null });
  await removeAll();
});

test('of 500 instances in 60 groups only what is visible is drawn, and the keyboard reaches both ends', async () => {
  for (let index = 0; index < 500; index += 1) await make(`row ${String(index).padStart(3, '0')}`, { group: `Group ${String(index % 60).padStart(2, '0')}` });
  const page = await openWindow();
  const grid = page.getByRole('treegrid', { name: 'Instances' });
  const drawn = (): Promise<number> => page.evaluate<number>('document.querySelectorAll("[role=treegrid] [data-key]").length');
  await rowOf(page, 'row 000').waitFor();

  const visible = Math.ceil(await page.evaluate<number>('document.querySelector("[role=treegrid]").clientHeight') / 28);
  const rowCount = await grid.getAttribute('aria-rowcount');
  await rowOf(page, 'row 000').getByRole('rowheader').click();
  await page.keyboard.press('End');
  await rowOf(page, 'row 479').waitFor();
  const atEnd = [await focusedName(page), Math.max(0, await drawn() - visible - 13)];
  await page.keyboard.press('Home');
  await rowOf(page, 'row 000').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('row-07');
  await waitFor(async () => await drawn() === 20, { what: 'ten matches in ten groups' });

  expect([rowCount, atEnd]).toEqual(['561', ['row 479', 0]]);
  for (const { id } of await backend.client.instances.list({})) await backend.client.instances.delete({ instance: id });
});

test.each(['dark', 'light'] as const)('axe finds nothing in table, details, review, sheet and trash in the %s theme', async (theme) => {
  await backend.client.settings.set({ key: 'window.theme', value: theme });
  await make('checked', { notes: 'x' });
  const page = await openWindow();
  const found: string[] = [];
  await rowOf(page, 'checked').getByRole('rowheader').click();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'checked' }).waitFor();
  found.push(...await findAxeViolations(page));

  await page.keyboard.press('e');
  await page.keyboard.type('renamed');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Review' }).click();
  found.push(...await findAxeViolations(page));
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('button', { name: 'New instance' }).click();
  await page.keyboard.press('ArrowDown');
  found.push(...await findAxeViolations(page));
  await page.keyboard.press('Escape');
  await page.evaluate('location.hash = "#/instances/trash"');
  await page.getByRole('table', { name: 'Instances in the trash' }).waitFor();
  found.push(...await findAxeViolations(page));

  expect(found).toEqual([]);
  await removeAll();
});
