import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { makeTinyGguf } from '../fakes/models/makeTinyGguf.ts';
import { makeHome, removeHomes, startBackend } from '../support/backend.ts';
import type { TestBackend } from '../support/backend.ts';
import { findAxeViolations, launchChromium, openArea, openWatchedPage } from '../support/browser.ts';
import { waitFor } from '../support/waitFor.ts';

const build = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));
const LOAD_MS = 60_000;

let browser: Browser;
let backend: TestBackend;
let folder: string;
let page: Page;
let failures: string[] = [];

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [build, 'window']);
  browser = await launchChromium();
  folder = mkdtempSync(join(tmpdir(), 'wh-serving-'));
  const tiny = makeTinyGguf(join(folder, 'tiny.gguf'), { name: 'Tiny' }).path;
  const endless = makeTinyGguf(join(folder, 'endless.gguf'), { name: 'Endless', isLooping: true, seed: 5 }).path;
  backend = await startBackend({ home: makeHome(), env: { HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), WHEELHOUSE_SERVING_ENGINE: 'embedded' } });
  for (const path of [tiny, endless]) await Array.fromAsync(await backend.client.models.importFrom({ path, how: 'link' }));
  ({ page, failures } = await openWatchedPage(browser, await backend.createLink()));
  await openArea(page, 'Models');
  await page.getByRole('radio', { name: 'Serving' }).click();
}, 120_000);

afterEach(() => { expect(failures).toEqual([]); });

afterAll(async () => {
  await browser.close();
  await backend.stop();
  removeHomes();
  rmSync(folder, { recursive: true, force: true });
});

const row = (name: RegExp): Locator => page.getByRole('treegrid', { name: 'Models that the port answers for' }).getByRole('row', { name });

async function nameOf(part: string): Promise<string> {
  const { data } = await (await fetch(`${backend.url}/v1/models`)).json() as { data: { id: string }[] };
  return data.find(({ id }) => id.startsWith(part))?.id ?? '';
}

function ask(model: string, { signal, maxTokens }: { signal: AbortSignal; maxTokens: number }): Promise<Response> {
  return fetch(`${backend.url}/v1/chat/completions`, { method: 'POST', signal, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model, stream: true, max_tokens: maxTokens, messages: [{ role: 'user', content: 'Hello' }] }) });
}

test('a model is loaded from its row, shows what it takes, and prints its log below', async () => {
  await row(/Tiny/).getByRole('button', { name: /^Load/ }).click();
  await row(/Tiny/).getByText('Ready').waitFor({ timeout: LOAD_MS });
  await row(/Tiny/).click();
  const log = page.getByRole('region', { name: /^Log of Tiny/ });
  await log.waitFor();

  expect(await row(/Tiny/).innerText()).toMatch(/MiB/);
  expect(await findAxeViolations(page)).toEqual([]);
  await log.getByRole('button', { name: 'Close' }).click();
});

test('an answer in progress is seen and cancelled from its row, and its client is told', async () => {
  const end = new AbortController();
  const answer = await ask(await nameOf('Endless'), { signal: end.signal, maxTokens: 1_000_000 });
  const ended = answer.text().catch((error: unknown) => String(error));
  const line = page.getByRole('treegrid', { name: 'Requests' }).getByRole('row', { name: /Endless/ }).first();
  await line.getByText('Answering').waitFor({ timeout: LOAD_MS });
  await line.getByRole('button', { name: 'Cancel the request' }).click();

  expect(await ended).not.toMatch(/"finish_reason":"length"/);
  await waitFor(async () => (await backend.client.serving.list({})).models.every(({ busySlots }) => busySlots === 0), { what: 'the slot to be free' });
  end.abort();
});

test('a configuration of one\'s own answers under its name, and everything is unloaded at once', async () => {
  await page.getByRole('button', { name: 'New configuration' }).click();
  const sheet = page.getByRole('dialog', { name: 'New configuration' });
  await sheet.getByRole('textbox', { name: 'Name', exact: true }).fill('short');
  await sheet.getByRole('combobox', { name: 'Model' }).click();
  await page.getByRole('option', { name: /Tiny/ }).click();
  await sheet.getByRole('textbox', { name: 'Context per slot' }).fill('512');
  await sheet.getByRole('textbox', { name: 'Slots' }).fill('1');
  await sheet.getByRole('button', { name: 'Create' }).click();
  await sheet.waitFor({ state: 'hidden' });
  await row(/short/).waitFor();
  const answer = await ask('short', { signal: AbortSignal.timeout(LOAD_MS), maxTokens: 5 });
  await answer.text();
  await page.getByRole('button', { name: 'Unload all' }).click();
  await waitFor(async () => (await backend.client.serving.list({})).models.every(({ state }) => state === 'unloaded'), { timeoutMs: LOAD_MS, what: 'everything to be unloaded' });

  expect(answer.status).toBe(200);
  expect(await backend.client.modelConfigs.get({ config: 'short' })).toMatchObject({ contextTokens: 512, slots: 1, isImplicit: false });
});

test('a client is told what to paste', async () => {
  await page.getByRole('button', { name: 'Connect a client' }).click();
  const dialog = page.getByRole('dialog', { name: 'Connect a client' });
  await dialog.getByRole('combobox', { name: 'Client' }).click();
  await page.getByRole('option', { name: 'openai (Python)' }).click();
  await dialog.getByText(`base_url="${backend.url}/v1"`).waitFor();

  expect(await findAxeViolations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
});

test('a key is shown once, works, is counted and is revoked', async () => {
  await page.getByRole('radio', { name: 'Keys and usage' }).click();
  await page.getByRole('button', { name: 'New key' }).first().click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('laptop');
  await page.getByRole('button', { name: 'Make the key' }).click();
  const secret = await page.getByRole('dialog', { name: 'The key was made' }).locator('code').innerText();
  await page.getByRole('button', { name: 'I have kept it' }).click();
  const use = (): Promise<Response> => fetch(`${backend.url}/v1/models`, { headers: { authorization: `Bearer ${secret}` } });
  const before = await use();
  const keys = page.getByRole('treegrid', { name: 'API keys' });
  await keys.getByRole('row', { name: /laptop/ }).getByRole('button', { name: 'Revoke laptop' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
  await keys.getByText('revoked').waitFor();

  expect(secret).toMatch(/^whk_/);
  expect([before.status, (await use()).status]).toEqual([200, 401]);
  expect(await page.getByRole('treegrid', { name: 'Usage' }).innerText()).toMatch(/\d{4}-\d\d-\d\d/);
});
