import { ORPCError } from '@orpc/client';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FakeRepo } from '../fakes/hub/fakeRepo.ts';
import { aLlamaHeader, makeGgufHeader } from '../fakes/hub/ggufHeaderBytes.ts';
import { startFakeHub, type RunningFakeHub } from '../fakes/hub/startFakeHub.ts';
import { removeHomes, startBackend, type TestBackend } from '../support/backend.ts';

const TOKEN = 'hf_tokenOfATest';
const headBase64 = makeGgufHeader(aLlamaHeader({ vocabulary: 50_000 })).toString('base64');
const tiny: FakeRepo = {
  id: 'acme/tiny-GGUF', tags: ['gguf', 'license:mit'], pipelineTag: 'text-generation', gguf: { total: 1e9 },
  files: [{ path: 'README.md', text: '---\nlicense: mit\n---\n# Tiny\n' }, { path: 'tiny-Q4_K_M.gguf', seed: 1, sizeBytes: 600_000_000, headBase64, announcedSha256: '1'.repeat(64) }, { path: 'tiny-Q8_0.gguf', seed: 2, sizeBytes: 1_100_000_000, headBase64, announcedSha256: '2'.repeat(64) }],
};

const isRefusal = (error: unknown): error is ORPCError<string, unknown> => error instanceof ORPCError;

let hub: RunningFakeHub;
let backend: TestBackend;

beforeAll(async () => {
  hub = await startFakeHub({ repos: [tiny, { ...tiny, id: 'acme/gated-GGUF', gated: 'manual' }], tokens: [{ token: TOKEN, name: 'ann' }] });
  backend = await startBackend({ env: { HF_ENDPOINT: hub.url, HF_TOKEN: TOKEN } });
});
afterAll(async () => {
  await backend.stop();
  await hub.stop();
  removeHomes();
});

test('the hub that HF_ENDPOINT names is searched, and a page says what to take', async () => {
  const { models, endpoint } = await backend.client.hub.search({ text: 'tiny', format: 'gguf' });
  const page = await backend.client.hub.page({ repo: 'acme/tiny-GGUF' });
  const card = await backend.client.hub.card({ repo: 'acme/tiny-GGUF' });

  expect([models.map(({ repo }) => repo), endpoint]).toEqual([['acme/tiny-GGUF'], hub.url]);
  expect(page.choices.map(({ label, fit }) => ({ label, layers: fit?.layerCount }))).toEqual([{ label: 'Q8_0', layers: 33 }, { label: 'Q4_K_M', layers: 33 }]);
  expect(page.choices.filter(({ isRecommended }) => isRecommended)).toHaveLength(1);
  expect(card.markdown).toBe('# Tiny\n');
});

test('over REST a repository is part of the path', async () => {
  const get = (path: string): Promise<Response> => fetch(`${backend.url}/api/hub/${path}`, { headers: { Authorization: `Bearer ${backend.token}` } });

  expect(await (await get('models/acme/tiny-GGUF')).json()).toMatchObject({ model: { repo: 'acme/tiny-GGUF' }, headerProblem: null });
  expect((await get('models/acme/none')).status).toBe(404);
});

test('a gate is an error that says what is missing, and the page of a gated model is still shown', async () => {
  const refusal = await backend.client.hub.card({ repo: 'acme/gated-GGUF' }).catch((error: unknown) => (isRefusal(error) ? { code: error.code, data: error.data } : error));
  const page = await backend.client.hub.page({ repo: 'acme/gated-GGUF' });

  expect(refusal).toEqual({ code: 'hub.gated', data: { repo: 'acme/gated-GGUF', state: 'needs_terms' } });
  expect(page).toMatchObject({ headerProblem: 'hub.gated', model: { gated: 'manual' } });
});

test('neither the log nor the output has the token', () => {
  const folder = join(backend.home, 'logs');
  const logs = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')).join('');

  expect(`${logs}${backend.output()}`).not.toContain(TOKEN);
});
