import { downloadFile, fileDownloadInfo, fileExists, HubApiError, listFiles, listModels, modelInfo, pathsInfo } from '@huggingface/hub';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { FakeRepo } from '../fakes/hub/fakeRepo.ts';
import { SeededBytes } from '../fakes/hub/seededBytes.ts';
import { startFakeHub, type RunningFakeHub } from '../fakes/hub/startFakeHub.ts';

const TOKEN = 'hf_tokenOfATest';
const PYPI_CLIENT = 'huggingface_hub==2.4.0';
const tiny: FakeRepo = {
  id: 'acme/tiny', tags: ['gguf', 'license:mit'], pipelineTag: 'text-generation', downloads: 12, likes: 3,
  files: [{ path: 'README.md', text: '# Tiny\n' }, { path: 'config/a b.json', text: '{"a":1}' }, { path: 'tiny-Q4_K_M.gguf', seed: 7, sizeBytes: 5_000_001 }],
};
const gated: FakeRepo = { id: 'acme/gated', gated: 'manual', files: [{ path: 'config.json', text: '{}' }] };
const tokens = [{ token: TOKEN, name: 'ann' }];

let folder: string;
let hub: RunningFakeHub;
let installProblem: string | null;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wh-hub-'));
  installProblem = installClient(join(folder, 'venv'));
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

beforeEach(async () => { hub = await startFakeHub({ repos: [tiny, gated], tokens, treePageSize: 2 }); });
afterEach(async () => { await hub.stop(); });

/** Null when the client is there; else why not. */
function installClient(venv: string): string | null {
  const made = spawnSync('python3', ['-m', 'venv', venv], { encoding: 'utf8' });
  if (made.status !== 0) return `no Python environment: ${made.stderr || made.stdout}`;
  const installed = spawnSync(join(venv, 'bin', 'pip'), ['install', '--quiet', '--retries', '1', '--timeout', '20', PYPI_CLIENT], { encoding: 'utf8' });
  return installed.status === 0 ? null : `pip cannot reach its index: ${installed.stderr.trim().split('\n').at(-1) ?? ''}`;
}

async function download(args: string[], env: Record<string, string> = {}): Promise<{ code: number | null; output: string; cache: string }> {
  const home = mkdtempSync(join(folder, 'home-'));
  const child = spawn(join(folder, 'venv', 'bin', 'hf'), ['download', ...args], { env: { ...process.env, HF_ENDPOINT: hub.url, HF_HOME: home, HF_HUB_DISABLE_TELEMETRY: '1', HF_HUB_DISABLE_UPDATE_CHECK: '1', ...env } });
  let output = '';
  for (const pipe of [child.stdout, child.stderr]) pipe.on('data', (bytes: Buffer) => { output += bytes.toString(); });
  const [code] = await once(child, 'close') as [number | null];
  return { code, output, cache: join(home, 'hub') };
}

async function readListed<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const row of rows) read.push(row);
  return read;
}

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('a seeded file is the same from wherever it is read, and another for another seed', () => {
  const head = Buffer.from('the beginning of a file');
  const read = (seed: number, from: number, to: number): Buffer => Buffer.concat([...new SeededBytes({ seed, sizeBytes: 3_000_000, head }).pieces(from, to)]);
  const whole = read(1, 0, 9_000_000);

  expect(whole).toHaveLength(3_000_000);
  expect(whole.subarray(0, head.length)).toEqual(head);
  for (const [from, to] of [[0, 1], [5, 40], [1_048_570, 1_048_600], [1_048_576, 2_097_160], [2_999_999, 3_000_000]] as const) expect(read(1, from, to).equals(whole.subarray(from, to))).toBe(true);
  expect(whole.subarray(1_048_576, 1_048_700).equals(whole.subarray(2_097_152, 2_097_276))).toBe(false);
  expect(read(2, 100, 1_000).equals(whole.subarray(100, 1_000))).toBe(false);
});

test('@huggingface/hub searches, reads a model and lists its files page by page', async () => {
  const [found] = await readListed(listModels({ hubUrl: hub.url, search: { query: 'TINY', owner: 'acme', task: 'text-generation', tags: ['gguf'] }, additionalFields: ['tags', 'sha'] }));
  const model = await modelInfo({ hubUrl: hub.url, name: 'acme/tiny', additionalFields: ['sha'] });
  const files = await readListed(listFiles({ hubUrl: hub.url, repo: 'acme/tiny', recursive: true }));
  const [info] = await pathsInfo({ hubUrl: hub.url, repo: 'acme/tiny', paths: ['tiny-Q4_K_M.gguf', 'not there'] });

  expect(found).toMatchObject({ name: 'acme/tiny', downloads: 12, likes: 3, gated: false, tags: ['gguf', 'license:mit'], sha: model.sha });
  expect(files.map(({ path, type }) => `${type} ${path}`)).toEqual(['file README.md', 'directory config', 'file config/a b.json', 'file tiny-Q4_K_M.gguf']);
  expect(info).toMatchObject({ path: 'tiny-Q4_K_M.gguf', size: 5_000_001, lfs: { size: 5_000_001 } });
});

test('@huggingface/hub fetches small and large files, whose bytes are what their digests say', async () => {
  const info = await fileDownloadInfo({ hubUrl: hub.url, repo: 'acme/tiny', path: 'tiny-Q4_K_M.gguf' });
  const weights = await downloadFile({ hubUrl: hub.url, repo: 'acme/tiny', path: 'tiny-Q4_K_M.gguf' });
  const config = await downloadFile({ hubUrl: hub.url, repo: 'acme/tiny', path: 'config/a b.json' });

  expect(info?.size).toBe(5_000_001);
  expect(info?.etag).toBe(`"${sha256Of(new Uint8Array(await weights?.arrayBuffer() ?? []))}"`);
  expect(await config?.text()).toBe('{"a":1}');
});

test('@huggingface/hub understands what is refused', async () => {
  const refusal = (error: unknown): unknown => (error instanceof HubApiError ? [error.statusCode, error.message.split('. URL')[0]] : error);
  const read = (repo: string, accessToken?: string): Promise<unknown> => downloadFile({ hubUrl: hub.url, repo, path: 'config.json', ...(accessToken === undefined ? {} : { accessToken }) }).catch(refusal);

  expect(await read('acme/gated')).toEqual([401, expect.stringContaining('must have access to it and be authenticated')]);
  expect(await read('acme/gated', TOKEN)).toEqual([403, expect.stringContaining('not in the authorized list')]);
  expect(await read('acme/none')).toEqual([401, 'Invalid username or password.']);
  expect(await fileExists({ hubUrl: hub.url, repo: 'acme/tiny', path: 'none.json' })).toBe(false);
});

test('hf download fetches a repository into its cache, byte for byte', async (context) => {
  context.skip(installProblem !== null, installProblem ?? '');

  const { code, output, cache } = await download(['acme/tiny']);

  expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
  const snapshots = join(cache, 'models--acme--tiny', 'snapshots');
  const [commit = ''] = readdirSync(snapshots);
  const weights = readFileSync(join(snapshots, commit, 'tiny-Q4_K_M.gguf'));
  expect(readdirSync(join(cache, 'models--acme--tiny', 'blobs'))).toContain(sha256Of(weights));
  expect(readFileSync(join(snapshots, commit, 'config', 'a b.json'), 'utf8')).toBe('{"a":1}');
});

test('hf download goes on after a broken connection where it broke', async (context) => {
  context.skip(installProblem !== null, installProblem ?? '');
  await hub.put({ id: 'acme/larger', files: [{ path: 'larger.gguf', seed: 8, sizeBytes: 30_000_000 }] });
  await hub.setFaults([{ kind: 'cut', afterBytes: 15_000_000, where: 'cdn', times: 1 }]);

  const { code } = await download(['acme/larger', 'larger.gguf']);

  const ranges = (await hub.requests()).filter(({ where, method }) => where === 'cdn' && method === 'GET').map(({ range, end }) => ({ range, end }));
  expect(code).toBe(0);
  expect(ranges[0]).toEqual({ range: null, end: 'cut' });
  expect(ranges[1]).toEqual({ range: 'bytes=10485760-', end: 'finished' });
});

test('hf download says that a repository is gated, and waits when it is told to', async (context) => {
  context.skip(installProblem !== null, installProblem ?? '');

  const refused = await download(['acme/gated', 'config.json'], { HF_TOKEN: TOKEN });
  await hub.setFaults([{ kind: 'rateLimit', retryAfterSeconds: 1, on: 'resolve', where: 'hub', times: 1 }]);
  const limited = await download(['acme/tiny', 'README.md']);

  expect(refused.code).not.toBe(0);
  expect(refused.output).toMatch(/gated|not in the authorized list/i);
  expect(limited.code).toBe(0);
});

test('hf download refuses a file whose Xet routes refuse, and takes the plain route without its Xet part', async (context) => {
  context.skip(installProblem !== null, installProblem ?? '');
  await hub.put({ id: 'acme/xet', files: [{ path: 'model.safetensors', seed: 3, sizeBytes: 100_000, xetHash: 'ab'.repeat(32) }] });

  const withXet = await download(['acme/xet', 'model.safetensors']);
  const plain = await download(['acme/xet', 'model.safetensors'], { HF_HUB_DISABLE_XET: '1' });

  expect([withXet.code === 0, plain.code]).toEqual([false, 0]);
});
