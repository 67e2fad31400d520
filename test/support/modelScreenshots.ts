import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { RunningFakeHub } from '../fakes/hub/startFakeHub.ts';
import { startFakeHub } from '../fakes/hub/startFakeHub.ts';
import { makeLargerGguf, makeTinyGguf, makeTinyLora } from '../fakes/models/makeTinyGguf.ts';
import { startBackend, type TestBackend } from './backend.ts';
import { openArea } from './browser.ts';
import { waitFor } from './waitFor.ts';

const LOAD_MS = 120_000;
const card = (name: string): string => `---\nlicense: apache-2.0\n---\n# ${name}\n\nA small model of the harbour family, made for tests. It answers with **one** sentence.\n\n| file | for |\n|---|---|\n| Q4_K_M | most machines |\n| Q8_0 | those with room |\n\n\`\`\`sh\nwheelhouse model pull harbour/${name}:Q4_K_M\n\`\`\`\n`;

/** A workstation with a hub that it can reach: models pulled, imported, loaded, and something that answers. */
export interface ModelStage { readonly backend: TestBackend; take(browser: Browser, scheme: 'dark' | 'light', shoot: (page: Page, name: string) => Promise<void>): Promise<void>; end(): Promise<void> }

export async function setUpModelStage(): Promise<ModelStage> {
  const folder = mkdtempSync(join(tmpdir(), 'wh-shots-'));
  const hub = await startHub(folder);
  const backend = await startBackend({ env: { HF_ENDPOINT: hub.url, HF_TOKEN: '', HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), WHEELHOUSE_SERVING_ENGINE: 'embedded' } });
  await furnish(backend, folder);
  return {
    backend,
    take: async (browser, scheme, shoot) => { await takeAll(await open(browser, backend, scheme), backend, { scheme, shoot }); },
    end: async () => { await backend.stop(); await hub.stop(); rmSync(folder, { recursive: true, force: true }); },
  };
}

function startHub(folder: string): Promise<RunningFakeHub> {
  const small = makeTinyGguf(join(folder, 'small.gguf'), { name: 'Pilot' }).path;
  const large = makeLargerGguf(join(folder, 'large.gguf'), { name: 'Captain' }).path;
  const repo = (name: string, downloads: number, localPath: string, labels: readonly string[]) => ({
    id: `harbour/${name}`, tags: ['gguf', 'license:apache-2.0'], pipelineTag: 'text-generation', downloads, likes: Math.round(downloads / 40), cardData: { license: 'apache-2.0', base_model: `harbour/${name.replace('-GGUF', '')}` },
    files: [{ path: 'README.md', text: card(name) }, ...labels.map((label) => ({ path: `${name.toLowerCase().replace('-gguf', '')}-${label}.gguf`, localPath }))],
  });
  return startFakeHub({ repos: [repo('Pilot-1B-Instruct-GGUF', 48_210, small, ['Q4_K_M', 'Q5_K_M', 'Q8_0', 'F16']), repo('Captain-9B-Coder-GGUF', 12_400, large, ['Q4_K_M', 'Q8_0']), { ...repo('Lighthouse-Embed-GGUF', 3_020, small, ['F16']), pipelineTag: 'feature-extraction' }, { ...repo('Admiral-30B-GGUF', 910, large, ['Q4_K_M']), gated: 'manual' as const }] });
}

async function furnish({ client }: TestBackend, folder: string): Promise<void> {
  for (const repo of ['harbour/Pilot-1B-Instruct-GGUF', 'harbour/Captain-9B-Coder-GGUF']) await client.downloads.pull({ repo, selection: { kind: 'label', label: 'Q4_K_M' } });
  makeTinyGguf(join(folder, 'endless.gguf'), { name: 'Tide', isLooping: true, seed: 4 });
  makeTinyLora(join(folder, 'tide-lora.gguf'));
  for (const file of ['endless.gguf', 'tide-lora.gguf']) await Array.fromAsync(await client.models.importFrom({ path: join(folder, file), how: 'link' }));
  await waitFor(async () => (await client.downloads.list({})).every(({ status }) => status === 'done'), { timeoutMs: 60_000, what: 'the downloads' });
  const versions = await client.models.list({});
  const find = (part: string) => versions.find(({ modelName }) => modelName.includes(part))?.id ?? '';
  await client.models.assignRole({ role: 'coder', model: find('Captain') });
  await client.models.setAlias({ alias: 'fast', model: find('Pilot') });
  await client.apiKeys.create({ name: 'laptop', requestsPerMinute: 60, priority: 2 });
  await client.apiKeys.create({ name: 'editor plug-in', scopes: ['infer'], models: ['harbour/*'] });
}

async function open(browser: Browser, backend: TestBackend, colorScheme: 'dark' | 'light'): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, colorScheme, deviceScaleFactor: 1.5 });
  await page.goto(await backend.createLink());
  await openArea(page, 'Models');
  return page;
}

async function takeAll(page: Page, backend: TestBackend, { scheme, shoot }: { scheme: string; shoot: (page: Page, name: string) => Promise<void> }): Promise<void> {
  const show = (name: string): Promise<void> => page.getByRole('radio', { name: new RegExp(`^${name}`) }).click();
  await page.getByRole('treegrid').getByText('Captain-9B').first().waitFor();
  await shoot(page, `models-${scheme}`);
  await page.getByRole('treegrid').getByText('Captain-9B').first().click();
  await page.getByText('Does it fit').waitFor();
  await shoot(page, `model-${scheme}`);
  await show('Hub');
  await page.getByRole('treegrid').getByText('Pilot-1B').first().click();
  await page.getByText('Recommended').first().waitFor();
  await shoot(page, `hub-${scheme}`);
  await show('Serving');
  const end = new AbortController();
  const answers = await keepBusy(backend, end.signal);
  await page.getByRole('treegrid', { name: 'Requests' }).getByText('Answering').first().waitFor({ timeout: LOAD_MS });
  await shoot(page, `serving-${scheme}`);
  end.abort();
  await Promise.allSettled(answers);
  await show('Keys');
  await page.getByRole('treegrid', { name: 'Usage' }).waitFor();
  await shoot(page, `keys-${scheme}`);
}

const programs = ['OpenAI/Python 2.1.0', 'curl/8.5.0', 'OpenAI/JS 6.49.0', 'Mozilla/5.0', 'aider/0.86', 'curl/8.5.0'];

async function keepBusy({ url, client }: TestBackend, signal: AbortSignal): Promise<Promise<unknown>[]> {
  const names = (await client.serving.list({})).models.map(({ name }) => name);
  const find = (part: string): string => names.find((name) => name.includes(part)) ?? '';
  const ask = async (model: string, program: string, maxTokens: number): Promise<string> => {
    const answer = await fetch(`${url}/v1/chat/completions`, { method: 'POST', signal, headers: { 'content-type': 'application/json', 'user-agent': program }, body: JSON.stringify({ model, stream: true, max_tokens: maxTokens, messages: [{ role: 'user', content: 'Hello' }] }) });
    return answer.text();
  };
  await client.serving.load({ model: find('Pilot') });
  await ask(find('Pilot'), 'OpenAI/Python 2.1.0', 20);
  return programs.map((program) => ask(find('Tide'), program, 1_000_000));
}
