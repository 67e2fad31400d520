import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../src-main/base/clock.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import { hubPage } from '../../src-main/contract/hub.ts';
import { modelVersionId } from '../../src-main/contract/modelIds.ts';
import { estimateBySize, HubService, type FitEstimate, type MemoryBudget } from '../../src-main/features/models/index.ts';
import { GGUF_WORKER_PATH, HuggingFaceHub } from '../../src-main/platform/hub/huggingFaceHub.ts';
import { FakeHub } from '../fakes/hub/fakeHub.ts';
import type { FakeFile, FakeRepo, Fault } from '../fakes/hub/fakeRepo.ts';
import { aLlamaHeader, makeGgufHeader } from '../fakes/hub/ggufHeaderBytes.ts';

const running: FakeHub[] = [];
afterEach(async () => { for (const fake of running.splice(0)) await fake.stop(); });

const GB = 1_000_000_000;
const head = makeGgufHeader(aLlamaHeader({ vocabulary: 1_000 })).toString('base64');
const weights = (path: string, gb: number): FakeFile => ({ path, seed: 1, sizeBytes: Math.round(gb * GB), headBase64: head, announcedSha256: Buffer.from(path.padEnd(32, '.')).toString('hex').slice(0, 64) });
const tiny: FakeRepo = {
  id: 'acme/tiny-GGUF', tags: ['gguf', 'license:mit', 'base_model:acme/tiny'], gguf: { total: 8 * GB },
  files: [{ path: 'README.md', text: '# Tiny' }, weights('tiny-Q8_0.gguf', 8.5), weights('tiny-Q4_K_M.gguf', 4.9), weights('Q2/tiny-Q2_K-00001-of-00002.gguf', 2), weights('Q2/tiny-Q2_K-00002-of-00002.gguf', 1.2), weights('mmproj-F16.gguf', 0.5)],
};

async function startService({ repos = [tiny], faults = [], gpuGb = 8, estimate = estimateBySize }: { repos?: FakeRepo[]; faults?: Fault[]; gpuGb?: number; estimate?: FitEstimate } = {}): Promise<{ service: HubService; fake: FakeHub }> {
  const fake = new FakeHub({ repos, faults });
  running.push(fake);
  await fake.start();
  const hub = new HuggingFaceHub({ endpoint: fake.url, getToken: () => null, fetch, clock: systemClock, log: silentLog, userAgent: 'wheelhouse/test', ggufWorkerPath: GGUF_WORKER_PATH });
  const budget: MemoryBudget = { gpus: [{ freeBytes: gpuGb * GB, totalBytes: gpuGb * GB }], freeRamBytes: 32 * GB, totalRamBytes: 32 * GB };
  const localSha256 = Buffer.from('tiny-Q8_0.gguf'.padEnd(32, '.')).toString('hex').slice(0, 64);
  const local = { countOf: (repo: string) => (repo === tiny.id ? 1 : 0), findVersion: (sha256s: readonly string[]) => (sha256s.includes(localSha256) ? modelVersionId.parse('v1') : null) };
  return { fake, service: new HubService({ getHub: () => hub, local, readBudget: () => budget, estimate, log: silentLog }) };
}

test('a page shows what can be pulled, what fits, what is here already and one recommendation', async () => {
  const { service } = await startService();

  const page = hubPage.parse(await service.readPage({ repo: tiny.id, revision: 'main' }));

  expect(page.choices.map(({ kind, label, files, fit, isRecommended, localVersionId }) => ({ kind, label, files: files.length, verdict: fit?.verdict ?? null, isRecommended, localVersionId }))).toEqual([
    { kind: 'gguf', label: 'Q8_0', files: 1, verdict: 'partly', isRecommended: false, localVersionId: 'v1' },
    { kind: 'gguf', label: 'Q4_K_M', files: 1, verdict: 'fits', isRecommended: true, localVersionId: null },
    { kind: 'gguf', label: 'Q2_K', files: 2, verdict: 'fits', isRecommended: false, localVersionId: null },
    { kind: 'mmproj', label: 'mmproj-F16', files: 1, verdict: null, isRecommended: false, localVersionId: null },
  ]);
  expect(page).toMatchObject({ reason: 'fits_gpu', headerProblem: null, baseModels: ['acme/tiny'], otherFiles: [{ path: 'README.md', sizeBytes: 6 }], model: { localCount: 1, formats: ['gguf'], parameterCount: 8 * GB } });
  expect(page.choices[1]?.fit).toMatchObject({ layerCount: 33, contextTokens: 8_192 });
});

test('a page costs four requests the first time, one the second, and no weights', async () => {
  const { service, fake } = await startService();
  await service.readPage({ repo: tiny.id, revision: 'main' });
  const first = fake.requests.map(({ where }) => where);
  await service.readPage({ repo: tiny.id, revision: 'main' });

  expect(first).toEqual(['hub', 'hub', 'hub', 'cdn']);
  expect(fake.requests).toHaveLength(5);
});

test('the estimate is asked once for each quantisation, with one header for all', async () => {
  const asked: [number, number | undefined][] = [];
  const { service } = await startService({ estimate: (model, budget) => { asked.push([model.sizeBytes / GB, model.header?.tensors.length]); return estimateBySize(model, budget); } });

  await service.readPage({ repo: tiny.id, revision: 'main' });

  expect(asked).toEqual([[8.5, 33], [4.9, 33], [3.2, 33]]);
});

test.for<{ why: string; repo: FakeRepo; faults?: Fault[]; problem: string }>([
  { why: 'gated', repo: { ...tiny, gated: 'manual' }, problem: 'hub.gated' },
  { why: 'no GGUF', repo: { ...tiny, files: [{ path: 'tiny-Q4_K_M.gguf', seed: 3, sizeBytes: 100_000 }] }, problem: 'model.unreadable' },
  { why: 'out of reach', repo: tiny, faults: [{ kind: 'status', status: 503, where: 'cdn' }], problem: 'hub.unreachable' },
])('a header that is $why leaves fits by size alone, and says so', async ({ repo, faults = [], problem }) => {
  const { service } = await startService({ repos: [repo], faults });

  const page = await service.readPage({ repo: repo.id, revision: 'main' });

  expect(page.headerProblem).toBe(problem);
  expect(page.choices.filter(({ isRecommended }) => isRecommended)).toHaveLength(1);
  expect(page.choices[0]?.fit).toMatchObject({ source: 'file_size', layerCount: 0 });
});

test('a repository of safetensors is one choice with its settings', async () => {
  const { service } = await startService({ repos: [{ id: 'acme/tiny', files: [{ path: 'model.safetensors', seed: 1, sizeBytes: 1_000 }, { path: 'config.json', text: '{}' }] }] });

  const page = await service.readPage({ repo: 'acme/tiny', revision: 'main' });

  expect(page).toMatchObject({ reason: 'fits_gpu', headerProblem: null, choices: [{ kind: 'safetensors', label: 'safetensors', isRecommended: true, files: [{ path: 'model.safetensors' }, { path: 'config.json' }] }] });
});

test('what to pull is told without a page', async () => {
  const { service, fake } = await startService();
  const { commit } = await service.readPage({ repo: tiny.id, revision: 'main' });
  const entries = [...fake.store.find(tiny.id)?.commits.get(commit)?.entries.values() ?? []];
  const files = entries.map(({ path, sizeBytes, gitOid, lfs }) => ({ path, sizeBytes, gitOid, sha256: lfs?.sha256 ?? null, xetHash: null }));

  expect(await service.recommend({ repo: tiny.id, commit, files })).toBe('Q4_K_M');
  expect(await service.recommend({ repo: tiny.id, commit, files: [] })).toBeNull();
});

test('a search counts what is here and says where it was asked', async () => {
  const { service, fake } = await startService();

  const found = await service.search({ text: 'tiny', sort: 'trending', limit: 10, minParametersBillions: 7, maxParametersBillions: 9 });

  expect(found).toMatchObject({ nextCursor: null, endpoint: fake.url, models: [{ repo: tiny.id, localCount: 1, formats: ['gguf'] }] });
});
