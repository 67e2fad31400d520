import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startFakeHub } from '../fakes/hub/startFakeHub.ts';
import type { RunningFakeHub } from '../fakes/hub/startFakeHub.ts';
import { makeTinyGguf } from '../fakes/models/makeTinyGguf.ts';
import { makeHome, removeHomes, startBackend } from '../support/backend.ts';
import type { TestBackend } from '../support/backend.ts';
import { findAxeViolations, launchChromium, openArea, openWatchedPage } from '../support/browser.ts';
import { waitFor } from '../support/waitFor.ts';

const build = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));
const card = '---\nlicense: apache-2.0\n---\n# A small model\n\nIt answers with *one* sentence.\n\n<script>window.wasRun = true</script>\n';

let browser: Browser;
let hub: RunningFakeHub;
let backend: TestBackend;
let folder: string;
let page: Page;
let failures: string[] = [];

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [build, 'window']);
  browser = await launchChromium();
  folder = mkdtempSync(join(tmpdir(), 'wh-models-'));
  const small = makeTinyGguf(join(folder, 'small.gguf'), { name: 'Small' }).path;
  makeTinyGguf(join(folder, 'own-Q8_0.gguf'), { name: 'Own model', seed: 7 });
  hub = await startFakeHub({
    repos: [
      { id: 'harbour/small-GGUF', tags: ['gguf', 'license:apache-2.0'], pipelineTag: 'text-generation', downloads: 12_345, likes: 67, cardData: { license: 'apache-2.0', base_model: 'harbour/small' }, files: [{ path: 'README.md', text: card }, { path: 'small-Q4_K_M.gguf', localPath: small }, { path: 'small-Q8_0.gguf', localPath: join(folder, 'own-Q8_0.gguf') }] },
      { id: 'harbour/secret-GGUF', gated: 'manual', tags: ['gguf'], downloads: 5, files: [{ path: 'secret-Q4_K_M.gguf', localPath: small }] },
    ],
  });
  backend = await startBackend({ home: makeHome(), env: { HF_ENDPOINT: hub.url, HOME: folder, HF_TOKEN: '', XDG_CACHE_HOME: join(folder, 'cache') } });
  ({ page, failures } = await openWatchedPage(browser, await backend.createLink()));
  await openArea(page, 'Models');
}, 120_000);

afterEach(() => { expect(failures).toEqual([]); });

afterAll(async () => {
  await browser.close();
  await backend.stop();
  await hub.stop();
  removeHomes();
  rmSync(folder, { recursive: true, force: true });
});

const show = (name: string): Promise<void> => page.getByRole('radio', { name: new RegExp(`^${name}`) }).click();
const table = (name: string) => page.getByRole('treegrid', { name });

test('the hub is searched as one types, and a repository says which file suits this machine', async () => {
  await show('Hub');
  await page.getByRole('searchbox', { name: 'Search the hub' }).fill('small');
  await table('Found on the hub').getByRole('row', { name: /small-GGUF/ }).click();

  const choices = page.getByRole('table', { name: 'What can be pulled' });
  await choices.getByText('Recommended').waitFor();
  await page.getByRole('article', { name: 'Model card' }).getByText('It answers with').waitFor();

  expect(await choices.getByRole('row').count()).toBe(3);
  expect(await page.evaluate('window.wasRun')).toBeUndefined();
  expect(await findAxeViolations(page)).toEqual([]);
});

test('a pulled model comes into the library with its facts, and its page shows the header and where it came from', async () => {
  await page.getByRole('table', { name: 'What can be pulled' }).getByRole('row', { name: /Q4_K_M/ }).getByRole('button', { name: 'Pull' }).click();
  await waitFor(async () => (await backend.client.downloads.list({})).some(({ status, versionIds }) => status === 'done' && versionIds.length > 0), { timeoutMs: 30_000, what: 'the download' });
  await show('Downloads');
  await page.getByRole('list', { name: 'Downloads' }).getByText('Done').waitFor();
  await page.getByRole('button', { name: 'Show', exact: true }).click();

  const detail = page.getByRole('region', { name: /small-GGUF/ });
  await detail.getByText('harbour/small-GGUF').first().waitFor();
  await detail.getByText(/Fits|Partly|Too large/).first().waitFor();
  await detail.getByRole('radio', { name: 'Metadata' }).click();
  await detail.getByText('general.architecture').waitFor();
  await detail.getByRole('radio', { name: 'Template' }).click();
  await detail.getByText(/messages/).first().waitFor();
  await detail.getByRole('radio', { name: 'Lineage' }).click();
  await detail.getByText('harbour/small', { exact: true }).waitFor();
  await detail.getByRole('radio', { name: 'Files' }).click();
  await detail.getByRole('button', { name: 'Verify' }).click();
  await detail.getByText('Every file is what it was.').waitFor();
  await detail.getByRole('radio', { name: 'Overview' }).click();

  expect(await findAxeViolations(page)).toEqual([]);
});

test('a role points to a version and is shown in the table', async () => {
  const detail = page.getByRole('region', { name: /small-GGUF/ });
  await detail.getByRole('radio', { name: 'Role' }).click();
  await detail.getByRole('textbox', { name: 'A role, such as coder' }).fill('coder');
  await detail.getByRole('button', { name: 'Point it here' }).click();
  await detail.getByRole('button', { name: 'Drop the name coder' }).waitFor();

  expect(await backend.client.models.listRoles({})).toMatchObject([{ name: 'coder' }]);
});

test('a gated repository is marked and says what to do when it is pulled; a hub that is gone leaves the rest as it was', async () => {
  await show('Hub');
  await page.getByRole('searchbox', { name: 'Search the hub' }).fill('secret');
  await table('Found on the hub').getByRole('row', { name: /secret-GGUF/ }).getByLabel('Gated').waitFor();
  await hub.setFaults([{ kind: 'status', status: 503, on: '/api/models' }]);
  await page.getByRole('searchbox', { name: 'Search the hub' }).fill('nothing answers');
  await page.getByRole('alert').waitFor({ timeout: 60_000 });
  await page.getByText('The hub is out of reach').waitFor();

  await show('Library');
  await table('Models on this machine').getByRole('row', { name: /small-GGUF/ }).waitFor();
  await hub.setFaults([]);
});

test('a file is imported in place after a look, and removed without being deleted', async () => {
  const path = join(folder, 'own-Q8_0.gguf');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  const sheet = page.getByRole('dialog', { name: 'Import' });
  await sheet.getByRole('textbox', { name: 'Path' }).fill(path);
  await sheet.getByRole('button', { name: 'Look' }).click();
  await sheet.getByRole('button', { name: 'Import', exact: true }).click();
  await sheet.waitFor({ state: 'hidden' });
  await page.getByRole('region', { name: /Own-model/ }).getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByText('No file is deleted.').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Take off the list' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.getByRole('region', { name: /Own-model/ }).waitFor({ state: 'hidden' });

  expect(readFileSync(path).subarray(0, 4).toString()).toBe('GGUF');
  expect((await backend.client.models.list({})).some(({ modelName }) => modelName.includes('Own-model'))).toBe(false);
});
