import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
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
  backend = await startBackend({ env: { WHEELHOUSE_PORTS_FIRST: '19471', WHEELHOUSE_PORTS_LAST: '19480' } });
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  expect(failures).toEqual([]);
});

afterAll(async () => {
  await browser.close();
  await backend.stop();
  removeHomes();
});

async function openBlueprints(): Promise<Page> {
  const watched = await openWatchedPage(browser, await backend.createLink());
  failures = watched.failures;
  await watched.page.getByRole('radio', { name: 'Blueprints' }).click();
  await row(watched.page, 'JupyterLab').waitFor();
  return watched.page;
}

const row = (page: Page, name: string): Locator => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });
const script = (page: Page): Locator => page.getByRole('textbox', { name: 'Script' });
const textOf = async (blueprint: string): Promise<string> => (await backend.client.blueprints.get({ blueprint })).text;

async function editCopy(page: Page, stem: string): Promise<void> {
  await row(page, 'HTTP server').last().click();
  await page.getByRole('button', { name: 'Edit as custom' }).click();
  await page.getByRole('textbox', { name: 'File name, without .sh' }).fill(stem);
}

test('a stock blueprint shows what it says, its script with line numbers, and is clean for axe', async () => {
  const page = await openBlueprints();

  await row(page, 'HTTP server').click();
  await page.getByRole('rowheader', { name: 'ready.timeout_s' }).waitFor();
  const violations = await findAxeViolations(page);
  await page.getByRole('radio', { name: 'Script' }).click();
  await page.getByRole('group', { name: 'Script' }).getByText('wh_main "$@"').waitFor({ state: 'attached' });
  await page.getByRole('radio', { name: 'Overview' }).click();

  expect(violations).toEqual([]);
});

test('a copy is written, checked while it is written, and saved as custom', async () => {
  const page = await openBlueprints();
  await editCopy(page, 'my-pages');

  const text = (await script(page).inputValue()).replace('# name = HTTP server', '# name = My pages').replace('# kind = webui', '# kind = wembui');
  await script(page).fill(text);
  const problem = page.getByRole('button', { name: /kind/ });
  await problem.first().waitFor();
  await problem.first().click();
  const selected = await page.evaluate<string>('(() => { const box = document.activeElement; return box.value.slice(box.selectionStart, box.selectionEnd); })()');
  const violations = await findAxeViolations(page);
  await script(page).fill(text.replace('wembui', 'webui'));
  await page.getByText('Nothing is wrong with this header.').waitFor();
  await page.keyboard.press('Control+s');
  await page.getByRole('region', { name: 'My pages' }).waitFor();

  expect([selected, violations]).toEqual(['# kind = wembui', []]);
  expect(await textOf('custom:my-pages')).toContain('# name = My pages');
  await row(page, 'My pages').waitFor();
});

test('what somebody else saved meanwhile is not overwritten unless one says so', async () => {
  const page = await openBlueprints();
  await editCopy(page, 'shared');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await script(page).waitFor();
  const mine = `${await script(page).inputValue()}# mine\n`;
  const theirs = await backend.client.blueprints.get({ blueprint: 'custom:shared' });
  await backend.client.blueprints.save({ stem: 'shared', text: `${theirs.text}# theirs\n`, expectedSha256: theirs.sha256 });

  await script(page).fill(mine);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('custom:shared was changed by somebody else meanwhile').first().waitFor();
  expect(await textOf('custom:shared')).toContain('# theirs');
  await page.getByRole('button', { name: 'Save over it' }).click();
  await waitFor(async () => (await textOf('custom:shared')).endsWith('# mine\n'), { what: 'my text to be saved' });
});

test('one that is in use is not deleted and names its instances; a free one is', async () => {
  const { text } = await backend.client.blueprints.get({ blueprint: 'stock:http-server' });
  for (const stem of ['used', 'free']) await backend.client.blueprints.save({ stem, text: text.replace('# name = HTTP server', `# name = A ${stem} one`), expectedSha256: null });
  await backend.client.instances.create({ name: 'Its user', blueprintId: 'custom:used' });
  const page = await openBlueprints();

  await row(page, 'A used one').click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog', { name: 'A used one is in use' }).getByText('Its user').waitFor();
  await page.getByRole('button', { name: 'Close' }).first().click();
  await row(page, 'A free one').click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await row(page, 'A free one').waitFor({ state: 'detached' });

  const stems = (await backend.client.blueprints.list({})).map(({ stem }) => stem);
  expect([stems.includes('used'), stems.includes('free')]).toEqual([true, false]);
});

test('a script without a header that can be read stands apart, explained', async () => {
  await backend.client.blueprints.save({ stem: 'plain', text: '#!/bin/bash\necho hello\n', expectedSha256: null });
  const page = await openBlueprints();

  await page.getByRole('button', { name: /^Unparsed 1/ }).waitFor();
  await row(page, 'plain').click();

  await page.getByText('The header of this script could not be read').waitFor();
});

test('a new one begins with a template that is right, and a draft is kept while one looks elsewhere', async () => {
  const page = await openBlueprints();
  await page.getByRole('button', { name: 'New blueprint' }).click();
  await page.getByText('Nothing is wrong with this header.').waitFor();

  await script(page).press('Control+End');
  await page.keyboard.type('# kept');
  await openArea(page, 'Journal');
  await page.goBack();
  await script(page).waitFor();

  expect(await script(page).inputValue()).toMatch(/# kept$/);
});
