import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { removeHomes, startBackend } from '../support/backend.ts';
import type { TestBackend } from '../support/backend.ts';
import { findAxeViolations, launchChromium, openArea, openWatchedPage } from '../support/browser.ts';
import { addChatModel, startChatEngine } from '../support/chatEngine.ts';
import type { ChatEngine } from '../support/chatEngine.ts';
import { answerEnd, ask, chooseModel, composer, rowOf, sendButton } from '../support/chatWindow.ts';
import { waitFor } from '../support/waitFor.ts';

const build = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));
const guide = fileURLToPath(new URL('../../resources/models/wheelhouse-guide.gguf', import.meta.url));
const dot = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
let browser: Browser;
let backend: TestBackend;
let engines: ChatEngine[] = [];
let failures: string[] = [];

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [build, 'window']);
  browser = await launchChromium();
  backend = await startBackend();
  engines = await Promise.all([startChatEngine({ paceMs: 2 }), startChatEngine({ paceMs: 0 })]);
  const [paced, fast] = engines;
  if (paced === undefined || fast === undefined) throw new Error('no engine');
  await addChatModel(backend, 'stand-in', paced);
  await addChatModel(backend, 'second', fast);
}, 120_000);

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  for (const { id } of await backend.client.conversations.list({})) await backend.client.conversations.remove({ conversation: id });
  expect(failures).toEqual([]);
});

afterAll(async () => {
  await browser.close();
  await backend.stop();
  await Promise.all(engines.map((engine) => engine.stop()));
  removeHomes();
});

async function openChat(address = 'new'): Promise<Page> {
  const watched = await openWatchedPage(browser, await backend.createLink(), { width: 1280, height: 800 });
  failures = watched.failures;
  await openArea(watched.page, 'Chat');
  await watched.page.goto(watched.page.url().replace(/#.*/, `#/chat/${address}`));
  return watched.page;
}

async function newChat(question: string): Promise<Page> {
  const page = await openChat();
  await chooseModel(page, 'stand-in');
  await ask(page, question);
  return page;
}

describe('chat', () => {
  test('a first question is asked with the keyboard and answered as Markdown, and markup in it stays text', async () => {
    const page = await newChat('markdown');

    expect(await page.getByRole('heading', { name: 'A heading' }).isVisible()).toBe(true);
    expect(await page.getByRole('cell', { name: 'Spoke' }).isVisible()).toBe(true);
    expect(await page.locator('.hljs-keyword').first().innerText()).toBe('def');
    expect(await page.getByText("<script>document.title = 'owned'</script>").isVisible()).toBe(true);
    expect(await page.title()).toBe('Chat – Wheelhouse');
    expect(await page.getByText(/^\d+ tokens · .* tokens\/s$/).isVisible()).toBe(true);
    expect(await findAxeViolations(page)).toEqual([]);
  });

  test('is clean for assistive programs before the first question, in both themes', async () => {
    const found: string[] = [];
    for (const colorScheme of ['dark', 'light'] as const) {
      const { page } = await openWatchedPage(browser, await backend.createLink(), { width: 1920, height: 1080, colorScheme });
      await openArea(page, 'Chat');
      await composer(page).waitFor();
      found.push(...await findAxeViolations(page));
    }

    expect(found).toEqual([]);
  });

  test('Shift+Enter begins a line, and an answer on its way is stopped and kept', async () => {
    const page = await openChat();
    await chooseModel(page, 'stand-in');
    await composer(page).fill('wait');
    await composer(page).press('Shift+Enter');
    await composer(page).pressSequentially('for me');
    await composer(page).press('Enter');
    await page.getByText('Waiting', { exact: false }).last().waitFor();

    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await sendButton(page).waitFor();

    expect(await page.getByText(/^stopped/).isVisible()).toBe(true);
    expect(await rowOf(page, 'wait\nfor me').count()).toBe(1);
    const [conversation] = await backend.client.conversations.list({});
    const messages = await backend.client.conversations.messages({ conversation: conversation?.id ?? '' });
    expect(messages.map(({ status, content }) => [status, content])).toEqual([['done', 'wait\nfor me'], ['stopped', 'Waiting ']]);
  });

  test('Escape stops an answer wherever it is pressed, and who stops or picks a model writes on', async () => {
    const page = await newChat('Red');
    const focused = (): Promise<unknown> => page.evaluate('document.activeElement?.getAttribute("aria-label")');
    const before = await focused();
    await composer(page).fill('wait for me');
    await composer(page).press('Enter');
    await page.getByText('Waiting', { exact: false }).last().waitFor();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await sendButton(page).waitFor();
    const stopped = await focused();
    await page.getByRole('button', { name: 'Answer again' }).last().click();
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
    await page.getByRole('group', { name: 'Messages' }).focus();
    await page.keyboard.press('Escape');
    await sendButton(page).waitFor();

    await page.getByText(/^stopped/).last().waitFor();
    expect([before, stopped]).toEqual(['Your question', 'Your question']);
  });

  test('an answer that fails says why in its place, and what helps', async () => {
    const page = await newChat('fail now');

    expect(await page.getByText('stand-in could not answer').isVisible()).toBe(true);
    expect(await page.getByText('The stand-in was told to fail.').first().isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Choose another model' }).click();
    await page.getByRole('option', { name: 'second' }).click();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('second could not answer').waitFor();
  });

  test('a question is edited in a branch of its own, an answer is given again, and both branches stay', async () => {
    const page = await newChat('Red');
    await page.getByRole('button', { name: 'Edit the question' }).click();
    await page.getByRole('textbox', { name: 'Edit the question' }).fill('Blue');
    await openArea(page, 'Journal');
    await page.getByRole('navigation').getByRole('link', { name: 'Chat', exact: true }).click();
    expect(await page.getByRole('textbox', { name: 'Edit the question' }).inputValue()).toBe('Blue');
    await page.getByRole('textbox', { name: 'Edit the question' }).press('Enter');
    await page.getByText('You said: Blue (1 messages to stand-in)').waitFor();

    await page.getByText('2/2').waitFor();
    await page.getByRole('button', { name: 'Earlier version' }).click();
    await page.getByText('You said: Red (1 messages to stand-in)').waitFor();
    await page.getByRole('button', { name: 'Later version' }).click();
    await page.getByText('You said: Blue (1 messages to stand-in)').waitFor();
    await page.getByRole('button', { name: 'Answer again' }).click();
    await page.getByRole('group', { name: 'Versions' }).nth(1).getByText('2/2').waitFor();

    expect((await backend.client.conversations.list({}))[0]?.messageCount).toBe(5);
  });

  test('a message is deleted after a question that says how many go with it', async () => {
    const page = await newChat('One');
    await ask(page, 'Two');

    await page.getByRole('button', { name: 'Delete the answer' }).first().click();
    await page.getByText('3 messages will be deleted for good').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('You said: One', { exact: false }).waitFor({ state: 'detached' });

    expect((await backend.client.conversations.list({}))[0]?.messageCount).toBe(1);
  });

  test('two models answer side by side', async () => {
    const page = await openChat();
    await chooseModel(page, 'stand-in');
    await page.getByRole('button', { name: 'Compare two models' }).click();
    await page.getByRole('button', { name: /^Compared model: ?second/ }).waitFor();
    await ask(page, 'Hello');
    await answerEnd(page, 1).waitFor();

    const boxes = await Promise.all(['stand-in', 'second'].map((name) => page.getByText(`You said: Hello (1 messages to ${name})`).boundingBox()));
    expect(Math.abs((boxes[0]?.y ?? 0) - (boxes[1]?.y ?? 99))).toBeLessThan(4);
    expect(boxes[1]?.x ?? 0).toBeGreaterThan((boxes[0]?.x ?? 0) + 200);
    expect(await findAxeViolations(page)).toEqual([]);
  });

  test('files are attached, a wrong one is refused with its reason, and text goes into the question', async () => {
    const page = await openChat();
    await chooseModel(page, 'stand-in');
    await page.locator('input[type=file]').setInputFiles([
      { name: 'notes.md', mimeType: 'text/markdown', buffer: Buffer.from('The secret is 42.') },
      { name: 'tool.bin', mimeType: 'application/octet-stream', buffer: Buffer.from([0, 1, 2, 3]) },
    ]);
    await page.getByText('tool.bin was not taken: it is neither text nor a picture.').waitFor();
    await page.locator('input[type=file]').setInputFiles([{ name: 'large.txt', mimeType: 'text/plain', buffer: Buffer.alloc(10 * 1024 * 1024, 'a') }]);
    await page.getByText('large.txt was not taken: the files of one question may have 10 MiB in all.').waitFor();
    await ask(page, 'What is in it?');

    expect(await rowOf(page, 'notes.md').first().isVisible()).toBe(true);
    expect(await page.getByText('The secret is 42.', { exact: false }).count()).toBeGreaterThan(0);
  });

  test('files that come one after the other are all taken up to 20, a picture is seen small, and both open', async () => {
    const page = await openChat();
    await chooseModel(page, 'stand-in');
    const files = page.locator('input[type=file]');
    await Promise.all([files.setInputFiles({ name: 'long.txt', mimeType: 'text/plain', buffer: Buffer.alloc(20_000, 'a') }), files.setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: dot })]);
    await page.getByRole('button', { name: 'Open long.txt' }).waitFor();
    await page.getByRole('button', { name: 'Open dot.png' }).waitFor();
    await files.setInputFiles(Array.from({ length: 20 }, (_, index) => ({ name: `${index}.txt`, mimeType: 'text/plain', buffer: Buffer.from(`file ${index}`) })));
    await page.getByText('2 files were not taken: a question may have 20.').waitFor();
    await ask(page, 'Look');

    await page.getByRole('group', { name: 'Messages' }).press('Home');
    const sent = page.getByRole('list', { name: 'Attached files' });
    await sent.locator('img').waitFor();
    await sent.getByRole('button', { name: 'Open dot.png' }).click();
    await page.getByRole('dialog').getByRole('img', { name: 'dot.png' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await sent.getByRole('button', { name: 'Open 17.txt' }).click();
    await page.getByRole('dialog').getByText('file 17').waitFor();
    expect(await findAxeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  test('a call of a tool is shown with what it was given', async () => {
    const page = await newChat('call it');

    await page.getByText('Calls get_weather').click();

    await page.getByText('{"city":"Bergen"}').waitFor();
  });

  test('an answer is copied where the page has no clipboard of its own, as over plain HTTP', async () => {
    const page = await openChat();
    await page.addInitScript("Object.defineProperty(window, 'isSecureContext', { value: false }); Object.defineProperty(navigator, 'clipboard', { value: undefined });");
    await page.reload();
    await chooseModel(page, 'stand-in');
    await ask(page, 'Copy me');

    await page.getByRole('button', { name: 'Copy the answer' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    await composer(page).press('Control+v');

    expect(await composer(page).inputValue()).toBe('You said: Copy me (1 messages to stand-in)');
  });

  test('what a new conversation was given is not given to the next one, and a prompt that is being typed is kept', async () => {
    const page = await openChat();
    await chooseModel(page, 'stand-in');
    await page.keyboard.press('Control+i');
    await page.getByRole('textbox', { name: 'System prompt' }).fill('Be brief.');
    await page.keyboard.press('Control+i');
    await page.getByRole('textbox', { name: 'System prompt' }).waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Compare two models' }).click();
    await ask(page, 'Hello');
    await page.keyboard.press('Control+i');
    const given = await page.getByRole('textbox', { name: 'System prompt' }).inputValue();
    await page.keyboard.press('Control+Shift+O');
    await page.getByRole('heading', { level: 2, name: 'New conversation' }).waitFor();

    const [conversation] = await backend.client.conversations.list({});
    expect([given, conversation?.systemPrompt, conversation?.compareModel]).toEqual(['Be brief.', 'Be brief.', 'second']);
    expect(await page.getByRole('textbox', { name: 'System prompt' }).inputValue()).toBe('');
    expect(await page.getByRole('button', { name: /^Compared model:/ }).count()).toBe(0);
    await page.keyboard.press('Control+i');
  });

  test('a first question that is not taken leaves no conversation behind and stays in the box', async () => {
    const page = await openChat('new/nowhere');
    await composer(page).fill('Are you there?');
    await sendButton(page).click();

    await page.getByRole('alert').getByText('nowhere', { exact: false }).first().waitFor();

    expect(await composer(page).inputValue()).toBe('Are you there?');
    expect(await backend.client.conversations.list({})).toEqual([]);
  });

  test('a conversation goes on when the backend comes back, and no error stays behind', async () => {
    const page = await newChat('Before');
    const { home, url } = backend;

    await backend.stop();
    await page.getByText(/Connection lost/).first().waitFor();
    backend = await startBackend({ home, port: Number(new URL(url).port) });
    await page.getByText(/Connection lost/).first().waitFor({ state: 'hidden', timeout: 30_000 });
    await ask(page, 'After');

    await page.getByText('You said: After (3 messages to stand-in)').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('thoughts are folded under how long they took', async () => {
    const page = await newChat('think first');

    await page.getByText(/^Thought for/).click();

    expect(await page.getByText('Hm, let me see.').isVisible()).toBe(true);
  });

  test('what is half written and what is open survive a look elsewhere', async () => {
    const page = await newChat('First');
    await composer(page).fill('half a thought');

    await openArea(page, 'Journal');
    await page.getByRole('navigation').getByRole('link', { name: 'Chat', exact: true }).click();
    await page.getByText('You said: First', { exact: false }).waitFor();

    expect(await composer(page).inputValue()).toBe('half a thought');
  });

  test('a conversation is found by its words, renamed, pinned, exported and deleted', async () => {
    const page = await newChat('Tell me about brass spokes');
    await page.getByRole('button', { name: 'More for this conversation' }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Wheels');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 2, name: 'Wheels' }).waitFor();
    await page.getByRole('button', { name: 'More for this conversation' }).click();
    await page.getByRole('menuitem', { name: 'Pin' }).click();
    await page.getByRole('heading', { level: 2, name: 'Pinned' }).waitFor();
    await page.getByRole('searchbox', { name: 'Search all conversations' }).fill('bras spok');
    await page.getByRole('status').filter({ hasText: '0 places found' }).waitFor();
    await page.getByRole('searchbox', { name: 'Search all conversations' }).fill('brass spok');
    await page.getByText('2 places found').waitFor();
    const marked = await page.locator('mark').allInnerTexts();
    await page.getByRole('link', { name: /You said/ }).click();
    await page.getByRole('button', { name: 'More for this conversation' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Export as Markdown' }).click()]);
    const text = readFileSync(await download.path(), 'utf8');
    await page.getByRole('button', { name: 'More for this conversation' }).click();
    await page.getByRole('menuitem', { name: 'Delete the conversation' }).click();
    await page.getByText('Wheels with its 2 messages will be deleted for good.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('heading', { level: 2, name: 'New conversation' }).waitFor();

    expect(marked).toEqual(expect.arrayContaining(['brass', 'spokes']));
    expect([download.suggestedFilename(), text.split('\n')[0]]).toEqual(['Wheels.md', '# Wheels']);
    expect(await backend.client.conversations.list({})).toEqual([]);
  });

  test('the system prompt and the sampling of a conversation are kept', async () => {
    const page = await newChat('Hello');
    await page.keyboard.press('Control+i');
    await page.getByRole('textbox', { name: 'System prompt' }).fill('Be brief.');
    await page.getByRole('textbox', { name: 'Temperature' }).fill('9');
    await page.getByText('0 to 5').waitFor();
    await page.getByRole('textbox', { name: 'Temperature' }).fill('0.2');
    await page.getByRole('textbox', { name: 'Top K' }).fill('40');
    await page.getByRole('textbox', { name: 'Top K' }).press('Enter');

    const kept = await waitFor(async () => {
      const [conversation] = await backend.client.conversations.list({});
      return conversation?.sampling.topK === 40 ? conversation : null;
    }, { timeoutMs: 15_000, what: 'the sampling' });
    expect([kept.systemPrompt, kept.sampling.temperature]).toEqual(['Be brief.', 0.2]);
    expect(await findAxeViolations(page)).toEqual([]);
    await page.keyboard.press('Control+i');
  });

  test('what was found in another branch is shown', async () => {
    const { id } = await backend.client.conversations.create({ model: 'second' });
    const done = async (): Promise<boolean> => (await backend.client.conversations.messages({ conversation: id })).every(({ status }) => status === 'done');
    await backend.client.conversations.send({ conversation: id, content: 'A copper wheel' });
    await waitFor(done, { timeoutMs: 30_000, what: 'the first answer' });
    await backend.client.conversations.send({ conversation: id, content: 'An iron wheel', parentId: null });
    await waitFor(done, { timeoutMs: 30_000, what: 'the second answer' });
    const page = await openChat(id);
    await page.getByText('You said: An iron wheel', { exact: false }).waitFor();

    await page.getByRole('searchbox', { name: 'Search all conversations' }).fill('copper');
    await page.getByRole('link', { name: /You said: A copper/ }).click();

    await rowOf(page, 'You said: A copper wheel').waitFor();
    expect(await rowOf(page, 'An iron wheel').count()).toBe(0);
  });

  test('the model that comes with Wheelhouse answers a suggested question after one click', async (context) => {
    context.skip(!existsSync(guide), 'the model that comes with Wheelhouse is not there');
    const page = await openChat();
    await chooseModel(page, 'wheelhouse-guide');

    await composer(page).fill('half a thought');
    await page.getByRole('button', { name: 'What is a blueprint?', exact: true }).click();
    await answerEnd(page).waitFor({ timeout: 90_000 });

    const [conversation] = await backend.client.conversations.list({});
    const answer = (await backend.client.conversations.messages({ conversation: conversation?.id ?? '' })).at(-1);
    expect([conversation?.title, answer?.status, (answer?.content.length ?? 0) > 20]).toEqual(['What is a blueprint?', 'done', true]);
    expect(answer?.tokensPerSecond ?? 0).toBeGreaterThan(0);
    expect(await composer(page).inputValue()).toBe('half a thought');
  }, 120_000);

  test('a window that is opened in the middle of an answer shows all of it', async () => {
    const { id } = await backend.client.conversations.create({ model: 'stand-in', systemPrompt: '' });
    await backend.client.conversations.send({ conversation: id, content: 'repeat 400 words', attachments: [] });

    const page = await openChat(id);
    await page.getByText('word399', { exact: false }).waitFor({ timeout: 30_000 });

    const shown = await page.locator('[data-row] p').last().innerText();
    expect(shown).toMatch(/^word360 .* word399\.$/s);
  });

  test('100 000 tokens are scrolled with few elements, and a new answer leaves the old blocks alone', async () => {
    const { id } = await backend.client.conversations.create({ model: 'second', systemPrompt: '' });
    for (let turn = 0; turn < 4; turn += 1) {
      await backend.client.conversations.send({ conversation: id, content: 'repeat 25000 words', attachments: [] });
      await waitFor(async () => (await backend.client.conversations.list({})).length > 0 && (await backend.client.conversations.messages({ conversation: id })).every(({ status }) => status === 'done'), { timeoutMs: 90_000, everyMs: 250, what: 'a long answer' });
    }
    await backend.client.conversations.update({ conversation: id, set: { model: 'stand-in' } });
    const page = await openChat(id);
    await page.getByText('word24999', { exact: false }).waitFor();

    const scrolled = await page.evaluate<{ mostElements: number; blankCount: number; heightPx: number }>(scrollThrough);
    await page.getByRole('button', { name: 'Jump to the end' }).click();
    await page.getByText('word24999', { exact: false }).waitFor();
    await page.evaluate(watchRows);
    await composer(page).fill('repeat 200 words');
    await composer(page).press('Enter');
    await page.getByText('word199', { exact: false }).waitFor({ timeout: 30_000 });
    await sendButton(page).waitFor();
    const touched = await page.evaluate<string[]>('[...window.touchedRows]');
    const messages = await backend.client.conversations.messages({ conversation: id });

    expect(messages.reduce((sum, { completionTokens }) => sum + (completionTokens ?? 0), 0)).toBeGreaterThan(100_000);
    expect(scrolled.mostElements).toBeLessThan(1_500);
    expect([scrolled.blankCount, scrolled.heightPx > 100_000]).toEqual([0, true]);
    expect(touched.filter((row) => !row.startsWith(messages.at(-1)?.id ?? ''))).toEqual([]);
    expect(touched.length).toBeGreaterThan(0);
  }, 240_000);
});

/** Scrolls up through the list, frame by frame. */
const scrollThrough = `(async () => {
  const box = document.querySelector('[aria-label="Messages"]');
  const { left, top, width, height } = box.getBoundingClientRect();
  let mostElements = 0, blankCount = 0;
  box.dispatchEvent(new WheelEvent('wheel', { deltaY: -100, bubbles: true }));
  for (let step = 0; step < 120; step += 1) {
    box.scrollBy(0, -600);
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    mostElements = Math.max(mostElements, document.querySelectorAll('*').length);
    if (document.elementFromPoint(left + width / 2, top + height / 2).closest('[data-row]') === null) blankCount += 1;
  }
  return { mostElements, blankCount, heightPx: box.scrollHeight };
})()`;

/** Notes which rows' text is changed from now on. */
const watchRows = `(() => {
  window.touchedRows = new Set();
  new MutationObserver((records) => {
    for (const { target } of records) {
      const prose = (target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement)?.closest('.prose');
      if (prose) window.touchedRows.add(prose.closest('[data-row]').dataset.row);
    }
  }).observe(document.querySelector('[aria-label="Messages"]'), { subtree: true, childList: true, characterData: true });
})()`;
