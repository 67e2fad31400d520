import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { startBackend, type TestBackend } from './backend.ts';
import { openArea } from './browser.ts';
import { addChatModel, startChatEngine } from './chatEngine.ts';
import { answerEnd, ask, chooseModel, composer } from './chatWindow.ts';

type Shoot = (page: Page, name: string) => Promise<void>;

const LOAD_MS = 120_000;
const logo = fileURLToPath(new URL('../../resources/icons/256x256.png', import.meta.url));

const BACKOFF = `Wait longer after each failure, and add some chance so that clients do not all come back at once:

\`\`\`ts
async function retry<T>(call: () => Promise<T>, tries = 5): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (attempt === tries) throw error;
      await delay(200 * 2 ** attempt * Math.random());
    }
  }
}
\`\`\`
`;

/** What the stand-ins say to these questions. */
const answers = {
  'Explain exponential backoff in one sentence @pilot-1b': { text: 'After each failed attempt the client waits about twice as long as before, so that a server in trouble is not asked more and more often.' },
  'Explain exponential backoff in one sentence @captain-9b': { text: 'Each retry waits a **growing** time, doubled at every failure and shaken by chance, which spreads the load and gives the other side room to recover.' },
  'Is 3 599 a prime number?': { thinking: 'The root of 3599 is just under 60, so it is enough to try the primes up to 59. 3599 = 3600 − 1 = 60² − 1² = 59 × 61. So it is not a prime.', text: 'No: **3 599 = 59 × 61**, since it is 60² − 1².' },
  'And 3 607?': { thinking: 'The root of 3607 is about 60.06. Try 7: 7 × 515 = 3605, no. 11: 3597, rest 10. 13: 3601, rest 6. 17: 3604, rest 3. 19: 3591, rest 16. 23: 3588, rest 19. 29, 31, 37, 41, 43, 47, 53 and 59 leave a rest, too.', text: 'Yes, 3 607 is a prime: none of the primes up to 59 divides it.' },
  'What is the weather in Bergen?': { call: { name: 'get_weather', arguments: '{\n  "city": "Bergen",\n  "unit": "celsius"\n}' } },
  'What do the notes say about the logo?': { text: 'The notes ask for **two** things: the wheel keeps eight spokes, and the ground stays dark so that the mark reads at 16 px.' },
  'How do I retry a call that fails?': { text: BACKOFF },
  'How do I retry a call that fails in TypeScript?': { text: BACKOFF },
};
const notes = '# Logo\n\n- eight spokes, no more\n- dark ground: it must read at 16 px\n';

/** Chats as their owner would have them: with the model that comes along in both themes, the rest with stand-ins. */
export async function takeChats(browser: Browser, shoot: Shoot): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'wh-chat-shots-'));
  const answersPath = join(folder, 'answers.json');
  writeFileSync(answersPath, JSON.stringify(answers));
  const engine = await startChatEngine({ paceMs: 8, answersPath });
  const backend = await startBackend({ env: { WHEELHOUSE_SERVING_ENGINE: 'embedded' } });
  try {
    for (const name of ['pilot-1b', 'captain-9b']) await addChatModel(backend, name, engine, { contextTokens: 8_192 });
    for (const scheme of ['light', 'dark'] as const) await takeGuide(browser, backend, { scheme, shoot });
    await takeParts(browser, backend, shoot);
  } finally {
    await backend.stop();
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function open(browser: Browser, backend: TestBackend, { scheme, scale }: { scheme: 'light' | 'dark'; scale: number }): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, colorScheme: scheme, deviceScaleFactor: scale });
  await page.goto(await backend.createLink());
  await openArea(page, 'Chat');
  return page;
}

async function begin(page: Page, model: string): Promise<void> {
  await page.getByRole('button', { name: 'New conversation' }).click();
  await page.getByRole('heading', { level: 2, name: 'New conversation' }).waitFor();
  await chooseModel(page, model);
}

async function takeGuide(browser: Browser, backend: TestBackend, { scheme, shoot }: { scheme: 'light' | 'dark'; shoot: Shoot }): Promise<void> {
  const page = await open(browser, backend, { scheme, scale: 1.5 });
  await begin(page, 'wheelhouse-guide');
  for (const [index, question] of ['What is an instance?', 'Where does my data live?'].entries()) {
    await composer(page).fill(question);
    await composer(page).press('Enter');
    await answerEnd(page, index).waitFor({ timeout: LOAD_MS });
  }
  await page.mouse.move(900, 500);
  await shoot(page, `chat-${scheme}`);
  await page.close();
  for (const { id } of await backend.client.conversations.list({})) await backend.client.conversations.remove({ conversation: id });
}

async function takeParts(browser: Browser, backend: TestBackend, shoot: Shoot): Promise<void> {
  const page = await open(browser, backend, { scheme: 'dark', scale: 1 });
  const take = (name: string): Promise<void> => shoot(page, `chat-${name}-dark`);

  await begin(page, 'captain-9b');
  await ask(page, 'Is 3 599 a prime number?');
  await ask(page, 'And 3 607?');
  await page.getByText(/^Thought for/).last().click();
  await take('thinking');

  await begin(page, 'captain-9b');
  await ask(page, 'What is the weather in Bergen?');
  await page.getByText('Calls get_weather').click();
  await take('tool');

  await begin(page, 'captain-9b');
  await page.locator('input[type=file]').setInputFiles([{ name: 'logo.png', mimeType: 'image/png', buffer: readFileSync(logo) }, { name: 'notes.md', mimeType: 'text/markdown', buffer: Buffer.from(notes) }]);
  await ask(page, 'What do the notes say about the logo?');
  await page.locator('input[type=file]').setInputFiles([{ name: 'wheel.png', mimeType: 'image/png', buffer: readFileSync(logo) }]);
  await composer(page).fill('And does this one follow them?');
  await take('attachments');
  await page.getByRole('button', { name: 'Take wheel.png off' }).click();
  await composer(page).fill('');

  await begin(page, 'pilot-1b');
  await ask(page, 'How do I retry a call that fails?');
  await page.getByRole('button', { name: 'Edit the question' }).click();
  await page.getByRole('textbox', { name: 'Edit the question' }).fill('How do I retry a call that fails in TypeScript?');
  await page.getByRole('textbox', { name: 'Edit the question' }).press('Enter');
  await page.getByText('2/2').waitFor();
  await answerEnd(page).waitFor();
  await take('branches');

  await begin(page, 'pilot-1b');
  await page.getByRole('button', { name: 'Compare two models' }).click();
  await ask(page, 'Explain exponential backoff in one sentence');
  await answerEnd(page, 1).waitFor();
  await take('compare');

  await page.getByRole('searchbox', { name: 'Search all conversations' }).fill('retry call');
  await page.getByRole('link', { name: /retry/ }).first().click();
  await answerEnd(page).waitFor();
  await take('search');
  await page.close();
}
