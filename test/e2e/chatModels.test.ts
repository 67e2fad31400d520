import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeTinyGguf } from '../fakes/models/makeTinyGguf.ts';
import { removeHomes, startBackend } from '../support/backend.ts';
import type { TestBackend } from '../support/backend.ts';
import { findAxeViolations, launchChromium, openArea, openWatchedPage } from '../support/browser.ts';
import { addChatModel, startChatEngine } from '../support/chatEngine.ts';
import type { ChatEngine } from '../support/chatEngine.ts';
import { answerEnd, ask, chooseModel, composer, sendButton } from '../support/chatWindow.ts';
import { waitFor } from '../support/waitFor.ts';

const build = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));
const dot = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
let browser: Browser;
let backend: TestBackend;
let engine: ChatEngine;
let folder: string;
let failures: string[] = [];

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [build, 'window']);
  browser = await launchChromium();
  folder = mkdtempSync(join(tmpdir(), 'wh-chat-models-'));
  backend = await startBackend({ env: { WHEELHOUSE_SERVING_ENGINE: 'embedded' } });
  engine = await startChatEngine({ paceMs: 0 });
  for (const name of ['stand-in', 'second', 'third']) await addChatModel(backend, name, engine);
  await addChatModel(backend, 'narrow', engine, { slots: 1, contextTokens: 200 });
  for (const name of ['Tug', 'Yawl']) {
    makeTinyGguf(join(folder, `${name}.gguf`), { name, answer: `I am the ${name}.` });
    await Array.fromAsync(await backend.client.models.importFrom({ path: join(folder, `${name}.gguf`), how: 'link' }));
  }
}, 120_000);

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  for (const { id } of await backend.client.conversations.list({})) await backend.client.conversations.remove({ conversation: id });
  expect(failures).toEqual([]);
});

afterAll(async () => {
  await browser.close();
  await backend.stop();
  await engine.stop();
  removeHomes();
  rmSync(folder, { recursive: true, force: true });
});

async function openAt(area: string, address = ''): Promise<Page> {
  const watched = await openWatchedPage(browser, await backend.createLink(), { width: 1280, height: 800 });
  failures = watched.failures;
  await openArea(watched.page, area);
  if (address !== '') await watched.page.goto(watched.page.url().replace(/#.*/, `#/${address}`));
  return watched.page;
}

const find = async (what: string): Promise<{ id: string; model: string | null }> => {
  const conversation = (await backend.client.conversations.list({}))[0];
  if (conversation === undefined) throw new Error(`no conversation: ${what}`);
  return conversation;
};

/** Says something in a conversation and waits until every answer is there. */
async function say(conversation: string, content: string): Promise<void> {
  await backend.client.conversations.send({ conversation, content });
  await waitFor(async () => (await backend.client.conversations.messages({ conversation })).every(({ status }) => status === 'done'), { timeoutMs: 30_000, what: 'the answers' });
}

describe('who is asked', () => {
  test('the chat of a model\'s page talks to that model, whoever was asked last', async () => {
    const page = await openAt('Chat', 'chat/new');
    await chooseModel(page, 'Tug');
    await openArea(page, 'Models');
    await page.getByRole('treegrid', { name: 'Models' }).getByText('Yawl').first().click();
    await page.getByRole('region', { name: /Yawl/ }).getByRole('button', { name: 'Chat' }).click();

    await page.getByRole('button', { name: /^Model: ?Yawl/ }).waitFor();
    await ask(page, 'Who are you?', { timeoutMs: 90_000 });

    expect((await find('after the question')).model).toMatch(/Yawl/);
    await page.getByText('I am the Yawl.').waitFor();
  });

  test('another one in the place of a compared model that failed answers in its place', async () => {
    const page = await openAt('Chat', 'chat/new');
    await chooseModel(page, 'stand-in');
    await page.getByRole('button', { name: 'Compare two models' }).click();
    await page.getByRole('button', { name: /^Compared model:/ }).click();
    await page.getByRole('option', { name: 'second' }).click();
    await ask(page, 'fail for second');
    await page.getByText('second could not answer').waitFor();

    await page.getByRole('button', { name: 'Choose another model' }).click();
    await page.getByRole('option', { name: 'third' }).click();
    await page.getByRole('button', { name: /^Compared model: ?third/ }).waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();

    await page.getByText('You said: fail for second (1 messages to third)').waitFor();
    expect((await find('after the comparison')).model).toBe('stand-in');
  });

  test('what a compared model said is found and brought into sight', async () => {
    const { id } = await backend.client.conversations.create({ model: 'stand-in' });
    await backend.client.conversations.update({ conversation: id, set: { compareModel: 'second' } });
    await say(id, 'A copper wheel');
    await backend.client.conversations.update({ conversation: id, set: { compareModel: null } });
    await say(id, 'repeat 2000 words');
    const page = await openAt('Chat', `chat/${id}`);
    await page.getByText('word1999', { exact: false }).waitFor();

    await page.getByRole('searchbox', { name: 'Search all conversations' }).fill('copper messages to second');
    await page.getByRole('link', { name: /copper/ }).click();

    await page.locator('[data-row]').getByText('You said: A copper wheel (1 messages to second)').waitFor();
  });
});

describe('where the model stands', () => {
  test('it is loaded and unloaded beside its name', async () => {
    const page = await openAt('Chat', 'chat/new');
    await chooseModel(page, 'Tug');

    await page.getByRole('button', { name: /^Load Tug/ }).click();
    await page.getByRole('button', { name: /^Model: ?Tug.*loaded$/ }).waitFor({ timeout: 90_000 });
    await page.getByRole('button', { name: /^Unload Tug/ }).click();
    await page.getByRole('button', { name: /^Load Tug/ }).waitFor({ timeout: 60_000 });
  });

  test('a question that waits for a slot says so, and in which place', async () => {
    const [first, second] = [await backend.client.conversations.create({ model: 'narrow' }), await backend.client.conversations.create({ model: 'narrow' })];
    await backend.client.conversations.send({ conversation: first.id, content: 'wait' });
    await waitFor(async () => (await backend.client.conversations.messages({ conversation: first.id })).some(({ content }) => content === 'Waiting '), { timeoutMs: 30_000, what: 'the first answer' });
    const page = await openAt('Chat', `chat/${second.id}`);
    await composer(page).fill('And me?');
    await composer(page).press('Enter');

    await page.getByText('Waiting for a free slot · place 1').waitFor();
    await backend.client.conversations.stop({ conversation: first.id });

    await page.getByText('You said: And me?', { exact: false }).waitFor();
  });

  test('how full its context is stands under the conversation, with a word when little is left', async () => {
    const page = await openAt('Chat', 'chat/new');
    await chooseModel(page, 'narrow');
    await page.getByText('Context: 0 of 200 tokens').waitFor();
    await ask(page, 'repeat 170 words');

    await page.getByText(/^Context nearly full: 17\d of 200 tokens$/).waitFor();
    expect(await findAxeViolations(page)).toEqual([]);
  });

  test('a question that will not fit is warned of before it is sent', async () => {
    const page = await openAt('Chat', 'chat/new');
    await chooseModel(page, 'narrow');
    await composer(page).fill('word '.repeat(400));

    await page.getByText('Context: about 500 of 200 tokens').waitFor();
    await page.getByText(/^This question takes about 500 tokens; narrow reads 200 at once\./).waitFor();
    expect(await findAxeViolations(page)).toEqual([]);
  });

  test('a picture is refused before it is sent to a model that reads text only, with what to do', async () => {
    const page = await openAt('Chat', 'chat/new');
    await chooseModel(page, 'Tug');
    await page.locator('input[type=file]').setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: dot });
    await composer(page).fill('What is this?');

    await page.getByText(/^Tug\S* takes no pictures\. Choose a model that does, or take the picture off\.$/).waitFor();
    expect(await sendButton(page).getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('button', { name: 'Take dot.png off' }).click();
    await sendButton(page).click();
    await answerEnd(page).waitFor({ timeout: 90_000 });
  });
});
