import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeHomes, startBackend } from '../support/backend.ts';
import type { TestBackend } from '../support/backend.ts';
import { findAxeViolations, launchChromium, openWatchedPage } from '../support/browser.ts';

const build = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));
let browser: Browser;
let backend: TestBackend;

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [build, 'window']);
  browser = await launchChromium();
  backend = await startBackend({ env: { WHEELHOUSE_PORTS_FIRST: '19481', WHEELHOUSE_PORTS_LAST: '19490' } });
});

afterAll(async () => {
  await browser.close();
  await backend.stop();
  removeHomes();
});

test('a started row shows the RAM that its run takes, the details show its processes, and a stopped one neither', async () => {
  await backend.client.instances.create({ name: 'measured', blueprintId: 'stock:http-server' });
  const { page, failures } = await openWatchedPage(browser, await backend.createLink());
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'measured', exact: true }) });
  const ram = row.locator('[data-column=ram]');
  await ram.getByText('–', { exact: true }).waitFor();

  await backend.client.instances.start({ instance: 'measured' });
  await ram.getByText(/^[\d.]+ MiB$/).waitFor({ timeout: 30_000 });
  await row.getByRole('rowheader').click();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Processes', exact: true }).waitFor();
  const found = await findAxeViolations(page);
  await backend.client.instances.stop({ instance: 'measured' });
  await ram.getByText('–', { exact: true }).waitFor({ timeout: 30_000 });

  expect([found, failures]).toEqual([[], []]);
});
