import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FakeRepo } from '../fakes/hub/fakeRepo.ts';
import { aLlamaHeader, makeGgufHeader } from '../fakes/hub/ggufHeaderBytes.ts';
import { startFakeHub, type RunningFakeHub } from '../fakes/hub/startFakeHub.ts';
import { removeHomes, startBackend, type TestBackend } from '../support/backend.ts';

const MB = 1_000_000;
const repo = 'acme/parts-GGUF';
const headBase64 = makeGgufHeader(aLlamaHeader({ contextTokens: 32_768 })).toString('base64');
const parts: FakeRepo = {
  id: repo, tags: ['gguf'],
  files: [
    { path: 'big-Q4_K_M-00001-of-00003.gguf', seed: 1, sizeBytes: 300 * MB, headBase64, announcedSha256: '1'.repeat(64) },
    { path: 'big-Q4_K_M-00002-of-00003.gguf', seed: 2, sizeBytes: 300 * MB, announcedSha256: '2'.repeat(64) },
    { path: 'big-Q4_K_M-00003-of-00003.gguf', seed: 3, sizeBytes: 200 * MB, announcedSha256: '3'.repeat(64) },
    { path: 'lost-Q8_0-00001-of-00002.gguf', seed: 4, sizeBytes: 100 * MB, headBase64, announcedSha256: '4'.repeat(64) },
    { path: 'model.safetensors', seed: 5, sizeBytes: 100 * MB, announcedSha256: '5'.repeat(64) },
    { path: 'lies-F16.gguf', text: 'this is no GGUF at all' },
    { path: 'README.md', text: '# Parts\n' },
  ],
};

let hub: RunningFakeHub;
let backend: TestBackend;

beforeAll(async () => {
  hub = await startFakeHub({ repos: [parts] });
  backend = await startBackend({ env: { HF_ENDPOINT: hub.url } });
});
afterAll(async () => {
  await backend.stop();
  await hub.stop();
  removeHomes();
});

test.each([1, 3])('a model in parts is estimated whole, by whichever part it is named (part %i)', async (part) => {
  const fit = await backend.client.fits.estimateRemote({ repo, path: `big-Q4_K_M-0000${part}-of-00003.gguf`, load: { gpuLayers: 0 } });

  expect(fit).toMatchObject({ layerCount: 33, contextTokens: 8_192, maxContextTokens: 32_768, gpu: { totalBytes: 0 } });
  expect(fit.ram.weightsBytes / (800 * MB)).toBeCloseTo(1, 2);
});

test.each([
  { what: 'a part whose others are missing', path: 'lost-Q8_0-00001-of-00002.gguf', error: { code: 'model.unreadable', data: { path: 'lost-Q8_0-00001-of-00002.gguf' } } },
  { what: 'weights of another format', path: 'model.safetensors', error: { code: 'model.unreadable', data: { reason: 'it is safetensors, not GGUF' } } },
  { what: 'a file that only has the name', path: 'lies-F16.gguf', error: { code: 'model.unreadable', data: { path: 'lies-F16.gguf' } } },
  { what: 'no model at all', path: 'README.md', error: { code: 'model.unreadable' } },
  { what: 'a file that is not there', path: 'none.gguf', error: { code: 'hub.not_found' } },
])('$what is a declared error', async ({ path, error }) => {
  await expect(backend.client.fits.estimateRemote({ repo, path })).rejects.toMatchObject(error);
});
