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

test('an answer in progress is seen to grow and cancelled from its row, and its client is told', async () => {
  const end = new AbortController();
  const answer = await ask(await nameOf('Endless'), { signal: end.signal, maxTokens: 1_000_000 });
  const ended = answer.text().catch((error: unknown) => String(error));
  const line = page.getByRole('treegrid', { name: 'Requests' }).getByRole('row', { name: /Endless/ }).first();
  await line.getByText('Answering').waitFor({ timeout: LOAD_MS });
  await waitFor(async () => /→ \d[\d,]{2}/.test(await line.innerText()), { timeoutMs: LOAD_MS, what: 'its tokens to be counted up' });
  await line.getByRole('button', { name: 'Cancel the request' }).click();

  expect(await ended).not.toMatch(/"finish_reason":"length"/);
  await waitFor(async () => (await backend.client.serving.list({})).models.every(({ busySlots }) => busySlots === 0), { what: 'the slot to be free' });
  end.abort();
});

async function choose(scope: Locator, box: string, option: RegExp): Promise<void> {
  await scope.getByRole('combobox', { name: box }).click();
  await page.getByRole('option', { name: option }).click();
}

async function pick(name: string, entry: string): Promise<void> {
  await page.getByRole('button', { name: `More for ${name}`, exact: true }).click();
  await page.getByRole('menuitem', { name: entry }).click();
}

test('requests say who asked with which program, and their groups fold', async () => {
  const { secret } = await backend.client.apiKeys.create({ name: 'notebook' });
  const model = await nameOf('Tiny');
  const answer = await fetch(`${backend.url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', 'user-agent': 'OpenAI/Python 2.1.0', authorization: `Bearer ${secret}` }, body: JSON.stringify({ model, max_tokens: 3, messages: [{ role: 'user', content: 'Hello' }] }) });
  await answer.text();
  const requests = page.getByRole('treegrid', { name: 'Requests' });
  const line = requests.getByRole('row', { name: /notebook.*OpenAI\/Python/ });
  await line.waitFor();
  await requests.getByRole('row', { name: /^Lately/ }).click();
  await line.waitFor({ state: 'hidden' });

  expect(await requests.getByRole('row', { name: /^Lately/ }).getAttribute('aria-expanded')).toBe('false');
  await requests.getByRole('row', { name: /^Lately/ }).click();
});

test('a configuration of one\'s own answers under its name, and everything is unloaded at once', async () => {
  await page.getByRole('button', { name: 'New configuration' }).click();
  const sheet = page.getByRole('dialog', { name: 'New configuration' });
  await sheet.getByRole('textbox', { name: 'Name', exact: true }).fill('short');
  await sheet.getByRole('textbox', { name: 'Other names' }).pressSequentially('brief, terse');
  await choose(sheet, 'Model', /Tiny/);
  await sheet.getByRole('textbox', { name: 'Context per slot' }).fill('1,024');
  await sheet.getByRole('textbox', { name: 'Slots' }).fill('1');
  await sheet.getByRole('button', { name: 'Create' }).click();
  await sheet.waitFor({ state: 'hidden' });
  await row(/short/).waitFor();
  const answer = await ask('terse', { signal: AbortSignal.timeout(LOAD_MS), maxTokens: 5 });
  await answer.text();
  await page.getByRole('button', { name: 'Unload all' }).click();
  await waitFor(async () => (await backend.client.serving.list({})).models.every(({ state }) => state === 'unloaded'), { timeoutMs: LOAD_MS, what: 'everything to be unloaded' });

  expect(answer.status).toBe(200);
  expect(await backend.client.modelConfigs.get({ config: 'short' })).toMatchObject({ aliases: ['brief', 'terse'], contextTokens: 1_024, slots: 1, isImplicit: false });
});

test('arguments are typed as in a shell, and what cannot be read keeps a configuration from being saved', async () => {
  await pick('short', 'Configure');
  const sheet = page.getByRole('dialog', { name: 'Configuration of short' });
  await sheet.getByText('Advanced', { exact: true }).click();
  const box = sheet.getByRole('textbox', { name: /^Further arguments/ });
  const save = sheet.getByRole('button', { name: 'Save' });
  await box.pressSequentially('--override-kv "a=str:b c\n');
  await sheet.getByText('A quote is still open').waitFor();
  const whileOpen = await save.getAttribute('aria-disabled');
  await box.fill('');
  await box.pressSequentially('--override-kv "a=str:b c"\n--no-warmup ');
  await sheet.getByRole('textbox', { name: 'Slots' }).fill('4k');
  await sheet.getByText(/^A whole number/).waitFor();
  const whileWrong = await save.getAttribute('aria-disabled');
  await sheet.getByRole('textbox', { name: 'Slots' }).fill('2');

  expect(await findAxeViolations(page)).toEqual([]);
  expect([whileOpen, whileWrong, await box.inputValue()]).toEqual(['true', 'true', '--override-kv "a=str:b c"\n--no-warmup ']);
  await save.click();
  await sheet.waitFor({ state: 'hidden' });
  expect(await backend.client.modelConfigs.get({ config: 'short' })).toMatchObject({ slots: 2, extraArgs: ['--override-kv', 'a=str:b c', '--no-warmup'] });
});

test('a configuration that is switched off says so and cannot be loaded, and goes only when asked twice', async () => {
  await pick('short', 'Switch off');
  await row(/short.*Switched off/).waitFor();
  const load = await row(/short/).getByRole('button', { name: /^Load/ }).getAttribute('aria-disabled');
  await pick('short', 'Switch on');
  await row(/short.*Not loaded/).waitFor();
  await pick('short', 'Delete the configuration');
  const question = page.getByRole('dialog', { name: 'Delete the configuration short?' });
  await question.getByText(/short, brief, terse/).waitFor();
  await question.getByRole('button', { name: 'Delete', exact: true }).click();
  await question.waitFor({ state: 'hidden' });
  await row(/short/).waitFor({ state: 'hidden' });

  expect(load).toBe('true');
  expect((await backend.client.modelConfigs.list({})).map(({ name }) => name)).not.toContain('short');
});

test('keys load and unload, and the log goes on over a new connection', async () => {
  const other = await browser.newPage();
  const sockets: { close: () => Promise<void> }[] = [];
  await other.routeWebSocket(/./, (socket) => { socket.connectToServer(); sockets.push(socket); });
  await other.goto(await backend.createLink());
  await openArea(other, 'Models');
  await other.getByRole('radio', { name: 'Serving' }).click();
  const line = other.getByRole('treegrid', { name: 'Models that the port answers for' }).getByRole('row', { name: /Tiny/ });
  await line.click();
  await other.getByText('It has printed nothing yet.').or(other.getByRole('group', { name: /^Log of Tiny/ })).first().waitFor();
  const openedBefore = sockets.length;
  await Promise.all(sockets.map((socket) => socket.close()));
  await waitFor(() => sockets.length > openedBefore, { timeoutMs: 30_000, what: 'a new connection' });
  await other.getByText(/Connection lost/).first().waitFor({ state: 'hidden' });
  await line.focus();
  await line.press(' ');
  await line.getByText('Ready').waitFor({ timeout: LOAD_MS });
  const lineCount = (): Promise<number> => other.getByRole('group', { name: /^Log of Tiny/ }).locator('[data-index]').count();
  await waitFor(async () => await lineCount() > 3, { timeoutMs: 15_000, what: 'the lines of this load' });
  await line.focus();
  await line.press(' ');
  await line.getByText('Not loaded').waitFor({ timeout: LOAD_MS });
  await other.close();
});

test('a client is told what to paste, and an agent that it needs more context', async () => {
  await page.getByRole('button', { name: 'Connect a client' }).click();
  const dialog = page.getByRole('dialog', { name: 'Connect a client' });
  await choose(dialog, 'Client', /^openai \(Python\)/);
  await dialog.getByText(`base_url="${backend.url}/v1"`).waitFor();
  const violations = await findAxeViolations(page);
  await choose(dialog, 'Client', /^Codex/);
  await dialog.getByText('WHEELHOUSE_KEY=YOUR_KEY').waitFor();

  expect(violations).toEqual([]);
  expect(await dialog.getByRole('note').innerText()).toMatch(/Agents need about 32\sK/);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
});

test('a key is shown once, works, is changed, is counted and is revoked', async () => {
  await page.getByRole('radio', { name: 'Keys and usage' }).click();
  await page.getByRole('button', { name: 'New key' }).first().click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('laptop');
  await page.getByRole('textbox', { name: 'Tokens a day' }).fill('60,000');
  await page.getByRole('textbox', { name: 'Priority' }).fill('3');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  const secret = await page.getByRole('dialog', { name: 'The key was created' }).locator('code').innerText();
  await page.getByRole('button', { name: 'I have kept it' }).click();
  const use = (): Promise<Response> => fetch(`${backend.url}/v1/models`, { headers: { authorization: `Bearer ${secret}` } });
  const before = await use();
  const keys = page.getByRole('treegrid', { name: 'API keys' });
  await pick('laptop', 'Edit');
  const sheet = page.getByRole('dialog', { name: 'Key laptop' });
  await sheet.getByRole('textbox', { name: 'Models' }).pressSequentially('Tiny*, Endless*');
  await choose(sheet, 'Valid for', /^7 days/);
  await sheet.getByRole('button', { name: 'Save' }).click();
  await sheet.waitFor({ state: 'hidden' });
  await keys.getByRole('row', { name: /laptop.*ends in .*Tiny\*, Endless\*.*60,000 tok\/day/ }).waitFor();
  const changed = (await backend.client.apiKeys.list({})).find(({ name }) => name === 'laptop');
  await pick('laptop', 'Revoke');
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
  await keys.getByRole('row', { name: /laptop.*Revoked/ }).waitFor();

  expect(secret).toMatch(/^whk_/);
  expect(changed).toMatchObject({ models: ['Tiny*', 'Endless*'], tokensPerDay: 60_000, priority: 3 });
  expect([before.status, (await use()).status]).toEqual([200, 401]);
  expect(await page.getByRole('treegrid', { name: 'Usage' }).innerText()).toMatch(/\d{4}-\d\d-\d\d/);
});

test('a form that was filled in is not lost by Escape, and the focus goes back to where it was', async () => {
  await page.getByRole('radio', { name: 'Keys and usage' }).click();
  const button = page.getByRole('button', { name: 'New key' }).first();
  const sheet = page.getByRole('dialog', { name: 'New key' });
  const focused = (): Promise<unknown> => page.evaluate('document.activeElement.textContent');
  const question = page.getByRole('dialog', { name: 'Discard what you changed?' });
  await button.click();
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'hidden' });
  await waitFor(async () => await focused() === 'New key', { timeoutMs: 15_000, what: 'the focus to be back' });
  await button.click();
  await sheet.getByRole('textbox', { name: 'Name', exact: true }).fill('desk');
  await page.keyboard.press('Escape');
  await question.getByRole('button', { name: 'Go on editing' }).click();
  await question.waitFor({ state: 'hidden' });
  const kept = await sheet.getByRole('textbox', { name: 'Name', exact: true }).inputValue();
  await page.keyboard.press('Escape');
  await question.getByRole('button', { name: 'Discard', exact: true }).click();
  await sheet.waitFor({ state: 'hidden' });
  await waitFor(async () => await focused() === 'New key', { timeoutMs: 15_000, what: 'the focus to be back' });

  expect(kept).toBe('desk');
});

test('the way back into the area leads to the view that was left, and the palette opens a new key from elsewhere', async () => {
  await openArea(page, 'Journal');
  await page.getByRole('navigation').getByRole('link', { name: 'Models', exact: true }).click();
  await page.getByRole('region', { name: 'Usage' }).waitFor();
  await openArea(page, 'Journal');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('new key');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'New key' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'New key' }).waitFor({ state: 'hidden' });

  expect(await page.evaluate('document.activeElement === document.body')).toBe(false);
  expect(page.url()).toMatch(/#\/models\/keys$/);
});

test('the usage is summed by model over the days that are chosen, with what it comes to', async () => {
  const usage = page.getByRole('region', { name: 'Usage' });
  await usage.getByRole('radio', { name: 'Model' }).click();
  await usage.getByRole('radio', { name: '7 days' }).click();
  await usage.getByRole('row', { name: /Endless/ }).waitFor();

  expect(await usage.getByText(/tokens in/i).allInnerTexts()).toContainEqual(expect.stringMatching(/^\d+ requests · .*1 stopped · [\d,]+ tokens in, [\d,]+ out$/));
  expect(await findAxeViolations(page)).toEqual([]);
});

async function readViewNames(): Promise<string[]> {
  for await (const change of await backend.client.settings.watch({})) if (change.kind === 'snapshot') return change.views.map(({ name }) => name);
  return [];
}

test('the line between models and requests is moved, and stands there the next time', async () => {
  await page.getByRole('radio', { name: 'Serving' }).click();
  const line = page.getByRole('separator', { name: 'Height of the requests' });
  const placeOf = async (): Promise<number> => Number(await line.getAttribute('aria-valuenow'));
  await line.focus();
  const before = await placeOf();
  await line.press('ArrowUp');
  await waitFor(async () => await placeOf() < before, { timeoutMs: 15_000, what: 'the line to move' });
  const moved = await placeOf();
  await waitFor(async () => (await readViewNames()).includes('serving.tables'), { timeoutMs: 15_000, what: 'the place to be kept' });
  await page.reload();
  await line.waitFor();

  expect(Math.abs(await placeOf() - moved)).toBeLessThan(2);
});
