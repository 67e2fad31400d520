import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { removeHomes, startBackend, type TestBackend } from './backend.ts';
import { launchChromium } from './browser.ts';
import { takeChats } from './chatScreenshots.ts';
import { setUpModelStage } from './modelScreenshots.ts';
import { waitFor } from './waitFor.ts';

const folder = fileURLToPath(new URL('../../resources/screenshots', import.meta.url));
const size = { width: 1280, height: 720 };

const CRASHING = `#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = Image model server
# category = Image
# kind = server
# ready.type = tcp
# restart = never
### END ###
echo "Loading checkpoint shards: 2/3"
sleep 1
echo "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 23.64 GiB of which 1.12 GiB is free." >&2
exit 1
`;

/** A workstation as its owner would have it: notebooks, an app, tools, and one thing that failed. */
async function furnish({ client }: TestBackend): Promise<void> {
  await client.blueprints.save({ stem: 'image-model', text: CRASHING });
  const wanted = [
    ['Research notebook', 'jupyterlab', 'Notebooks', true], ['Course material', 'jupyterlab', 'Notebooks', false],
    ['Prompt playground', 'gradio-starter', 'Apps', true], ['Image model', 'custom:image-model', 'Apps', true],
    ['Loss curves', 'tensorboard', 'Training', true], ['Experiments', 'mlflow', 'Training', false],
    ['Shared files', 'http-server', 'Tools', true], ['Docs mirror', 'http-server', 'Tools', true],
  ] as const;
  for (const [name, blueprintId, group, autostart] of wanted) await client.instances.create({ name, blueprintId, group, autostart });
  const started = wanted.filter(([, , , shouldStart]) => shouldStart).map(([name]) => name);
  for (const name of started) await client.instances.start({ instance: name });
  for (const name of started) {
    await waitFor(async () => ['started', 'error'].includes((await client.instances.get({ instance: name })).status), { timeoutMs: 240_000, everyMs: 500, what: name });
  }
}

async function open(browser: Browser, backend: TestBackend, colorScheme: 'dark' | 'light'): Promise<Page> {
  const page = await browser.newPage({ viewport: size, colorScheme, deviceScaleFactor: 1.5 });
  await page.goto(await backend.createLink());
  await page.getByText('Research notebook').waitFor();
  await page.waitForTimeout(1_500);
  return page;
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

async function takeAll(page: Page, scheme: 'dark' | 'light'): Promise<void> {
  await shoot(page, `table-${scheme}`);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('term');
  await shoot(page, `palette-${scheme}`);
  await page.keyboard.press('Escape');
  await page.getByText('Research notebook').first().click();
  await page.keyboard.press('t');
  await page.waitForTimeout(1_500);
  await shoot(page, `terminal-${scheme}`);
  await page.keyboard.press('Control+j');
  await edit(page, 'Course material', 'Course notebooks');
  await edit(page, 'Docs mirror', 'Mirror of the docs');
  await page.getByRole('button', { name: /^Review/ }).click();
  await shoot(page, `review-${scheme}`);
  await page.keyboard.press('Escape');
}

async function edit(page: Page, name: string, text: string): Promise<void> {
  await page.getByText(name, { exact: true }).first().click();
  await page.keyboard.press('e');
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

async function takeModels(browser: Browser): Promise<void> {
  const stage = await setUpModelStage();
  try {
    for (const scheme of ['dark', 'light'] as const) await stage.take(browser, scheme, shoot);
  } finally {
    await stage.end();
  }
}

async function takeInstances(browser: Browser): Promise<void> {
  const backend = await startBackend();
  try {
    await furnish(backend);
    for (const scheme of ['dark', 'light'] as const) await takeAll(await open(browser, backend, scheme), scheme);
  } finally {
    await backend.stop();
  }
}

mkdirSync(folder, { recursive: true });
const browser = await launchChromium();
try {
  const wanted = ['models', 'chat', 'instances'].filter((part) => process.argv.includes(`--${part}`));
  const isWanted = (part: string): boolean => wanted.length === 0 || wanted.includes(part);
  if (isWanted('models')) await takeModels(browser);
  if (isWanted('chat')) await takeChats(browser, shoot);
  if (isWanted('instances')) await takeInstances(browser);
} finally {
  await browser.close();
  removeHomes();
}
