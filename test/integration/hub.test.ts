import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../src-main/base/clock.ts';
import type { Logger } from '../../src-main/base/logger.ts';
import { AppError } from '../../src-main/contract/errors.ts';
import { GGUF_WORKER_PATH, HuggingFaceHub } from '../../src-main/platform/hub/huggingFaceHub.ts';
import { FakeHub } from '../fakes/hub/fakeHub.ts';
import type { FakeFile, FakeHubOptions, FakeRepo } from '../fakes/hub/fakeRepo.ts';
import { aLlamaHeader, makeGgufHeader, text, u32, u64 } from '../fakes/hub/ggufHeaderBytes.ts';
import { waitFor } from '../support/waitFor.ts';

const TOKEN = 'hf_secretTokenOfATest';
const running: FakeHub[] = [];
const logged: unknown[] = [];

afterEach(async () => {
  for (const fake of running.splice(0)) await fake.stop();
  logged.length = 0;
});

const spyLog: Logger = {
  debug: (...line) => { logged.push(line); }, info: (...line) => { logged.push(line); }, warn: (...line) => { logged.push(line); }, error: (...line) => { logged.push(line); },
  child: () => spyLog,
};

async function startFake(options: FakeHubOptions): Promise<FakeHub> {
  const fake = new FakeHub(options);
  running.push(fake);
  await fake.start();
  return fake;
}

function hubAt(endpoint: string, token: string | null = null): HuggingFaceHub {
  return new HuggingFaceHub({ endpoint, getToken: () => token, fetch, clock: systemClock, log: spyLog, userAgent: 'wheelhouse/test', ggufWorkerPath: GGUF_WORKER_PATH });
}

const aRepo = (id: string, rest: Partial<FakeRepo> = {}): FakeRepo => ({ id, files: [{ path: 'README.md', text: '---\nlicense: mit\n---\n\n# Tiny\n' }], ...rest });
const aSearch = { text: '', sort: 'trending', limit: 10 } as const;

/** The code and details of what a call throws. */
async function refusalOf(call: Promise<unknown>): Promise<unknown> {
  const error = await call.then((): unknown => 'nothing was thrown', (reason: unknown) => reason);
  if (!(error instanceof AppError)) return error;
  const { code, details } = error as AppError;
  return { code, ...details };
}

test('a search asks for words, task, format, licence, author and size, and goes on where the page ended', async () => {
  const base = { tags: ['gguf', 'license:mit'], pipelineTag: 'text-generation' };
  const fake = await startFake({ repos: [
    aRepo('acme/tiny-1', { ...base, likes: 1, gguf: { total: 1e9 } }), aRepo('acme/tiny-2', { ...base, likes: 9, gguf: { total: 2e9 }, gated: 'auto' }), aRepo('acme/tiny-3', { ...base, likes: 5, gguf: { total: 3e9 } }),
    aRepo('acme/huge', { ...base, gguf: { total: 70e9 } }), aRepo('other/tiny', base), aRepo('acme/tiny-onnx', { ...base, tags: ['onnx', 'license:mit'] }), aRepo('acme/tiny-bert', { ...base, pipelineTag: 'fill-mask' }), aRepo('acme/tiny-nc', { ...base, tags: ['gguf', 'license:cc-by-nc-4.0'] }),
  ] });
  const hub = hubAt(fake.url);
  const query = { text: 'tiny', task: 'text-generation', format: 'gguf', licence: 'mit', author: 'acme', minParameters: 0.5e9, maxParameters: 10e9, sort: 'likes', limit: 2 } as const;

  const first = await hub.search(query);
  const second = await hub.search({ ...query, cursor: first.nextCursor ?? '' });

  expect(first.models.map(({ repo, gated, parameterCount, licence }) => ({ repo, gated, parameterCount, licence }))).toEqual([
    { repo: 'acme/tiny-2', gated: 'automatic', parameterCount: 2e9, licence: 'mit' },
    { repo: 'acme/tiny-3', gated: 'no', parameterCount: 3e9, licence: 'mit' },
  ]);
  expect([second.models.map(({ repo }) => repo), second.nextCursor]).toEqual([['acme/tiny-1'], null]);
});

test('a model is read with its commit, its licence and what it was made from', async () => {
  const fake = await startFake({ repos: [aRepo('acme/tiny', { tags: ['gguf', 'license:apache-2.0', 'base_model:acme/base', 'base_model:quantized:acme/base'], cardData: { base_model: ['acme/base', 'acme/other'] }, lastModified: '2026-05-06T07:08:09.000Z', downloads: 7, likes: 3 })] });

  const model = await hubAt(fake.url).readModel('acme/tiny', 'main');

  expect(model).toMatchObject({ repo: 'acme/tiny', author: 'acme', licence: 'apache-2.0', baseModels: ['acme/base', 'acme/other'], downloads: 7, likes: 3, updatedAtMs: Date.parse('2026-05-06T07:08:09.000Z') });
  expect(model.commit).toBe(fake.store.find('acme/tiny')?.refs.get('main'));
});

test('files of all folders and pages are listed with their digests', async () => {
  const files: FakeFile[] = [{ path: 'config.json', text: '{}' }, { path: 'q4/tiny-00001-of-00002.gguf', seed: 1, sizeBytes: 1_000 }, { path: 'q4/tiny-00002-of-00002.gguf', seed: 2, sizeBytes: 2_000, xetHash: 'e'.repeat(64) }];
  const fake = await startFake({ repos: [aRepo('acme/tiny', { files })], treePageSize: 2 });

  const listed = await hubAt(fake.url).listFiles('acme/tiny', 'main');

  expect(listed.map(({ path, sizeBytes, sha256, xetHash }) => ({ path, sizeBytes, hasSha256: sha256 !== null, xetHash }))).toEqual([
    { path: 'config.json', sizeBytes: 2, hasSha256: false, xetHash: null },
    { path: 'q4/tiny-00001-of-00002.gguf', sizeBytes: 1_000, hasSha256: true, xetHash: null },
    { path: 'q4/tiny-00002-of-00002.gguf', sizeBytes: 2_000, hasSha256: true, xetHash: 'e'.repeat(64) },
  ]);
  expect(fake.requests).toHaveLength(2);
});

test('a card is given without its front matter, and none is empty', async () => {
  const fake = await startFake({ repos: [aRepo('acme/tiny'), aRepo('acme/bare', { files: [] })] });

  expect(await hubAt(fake.url).readCard('acme/tiny', 'main')).toBe('# Tiny\n');
  expect(await hubAt(fake.url).readCard('acme/bare', 'main')).toBe('');
});

test('a file is resolved to its commit, size, digest and the address of its bytes, without asking the other host', async () => {
  const fake = await startFake({ repos: [aRepo('acme/tiny', { files: [{ path: 'a b/tiny.gguf', seed: 1, sizeBytes: 1_000 }, { path: 'config.json', text: '{}' }] })] });
  const hub = hubAt(fake.url);
  const commit = fake.store.find('acme/tiny')?.refs.get('main');

  const weights = await hub.resolve({ repo: 'acme/tiny', revision: 'main', path: 'a b/tiny.gguf' });
  const config = await hub.resolve({ repo: 'acme/tiny', revision: 'main', path: 'config.json' });

  expect(weights).toMatchObject({ commit, sizeBytes: 1_000, etag: weights.sha256 });
  expect(config).toMatchObject({ commit, sizeBytes: 2, sha256: null });
  expect([new URL(weights.url).origin, new URL(config.url).origin]).toEqual([fake.cdnUrl, fake.url]);
  expect(fake.requests.filter(({ where }) => where === 'cdn')).toEqual([]);
});

test('gates are told apart: no token, terms not accepted, a token that the hub does not know', async () => {
  const fake = await startFake({ repos: [aRepo('acme/gated', { gated: 'manual' })], tokens: [{ token: TOKEN, name: 'ann' }] });
  const file = { repo: 'acme/gated', revision: 'main', path: 'README.md' };

  const refusals = await Promise.all([null, TOKEN, 'hf_other'].map((token) => refusalOf(hubAt(fake.url, token).resolve(file))));

  expect(refusals).toEqual(['needs_token', 'needs_terms', 'token_refused'].map((state) => ({ code: 'hub.gated', repo: 'acme/gated', state })));
});

test('an old token does not hide what is public, and is not sent again', async () => {
  const fake = await startFake({ repos: [aRepo('acme/tiny'), aRepo('acme/gated', { gated: 'auto' })] });
  const hub = hubAt(fake.url, 'hf_old');

  const [found] = await Promise.all([hub.search(aSearch), hub.search(aSearch)]);
  const card = await hub.readCard('acme/tiny', 'main');
  const refusal = await refusalOf(hub.readCard('acme/gated', 'main'));

  expect([found.models.length, card]).toEqual([2, '# Tiny\n']);
  expect(refusal).toEqual({ code: 'hub.gated', repo: 'acme/gated', state: 'token_refused' });
  expect(fake.requests.filter(({ hasToken }) => hasToken)).toHaveLength(2);
});

test('accepted terms open the gate, and the token stays with the hub', async () => {
  const files: FakeFile[] = [{ path: 'tiny.gguf', seed: 1, sizeBytes: 30_000_000, headBase64: makeGgufHeader(aLlamaHeader({ layers: 1, vocabulary: 100 })).toString('base64') }];
  const fake = await startFake({ repos: [aRepo('acme/gated', { gated: 'manual', files })], tokens: [{ token: TOKEN, name: 'ann', accepted: ['acme/gated'] }] });
  const hub = hubAt(fake.url, TOKEN);

  const header = await hub.readGgufHeader({ repo: 'acme/gated', commit: 'main', path: 'tiny.gguf' });

  expect(header.metadata['general.architecture']).toBe('llama');
  expect(fake.requests.map(({ where, hasToken }) => ({ where, hasToken }))).toEqual([{ where: 'hub', hasToken: true }, { where: 'cdn', hasToken: false }]);
  expect(Object.keys(hub.headersFor(`${fake.cdnUrl}/x`))).toEqual(['User-Agent']);
});

test('what is not there is said by name', async () => {
  const fake = await startFake({ repos: [aRepo('acme/tiny')] });
  const hub = hubAt(fake.url);

  const refusals = await Promise.all([refusalOf(hub.readModel('acme/none', 'main')), refusalOf(hub.readModel('acme/tiny', 'none')), refusalOf(hub.resolve({ repo: 'acme/tiny', revision: 'main', path: 'none' }))]);

  expect(refusals).toEqual([{ code: 'hub.not_found', repo: 'acme/none' }, { code: 'hub.not_found', repo: 'acme/tiny' }, { code: 'hub.not_found', repo: 'acme/tiny' }]);
});

test('a hub that stumbles is asked again; one that stays down is unreachable', async () => {
  const fake = await startFake({ repos: [aRepo('acme/tiny')], faults: [{ kind: 'status', status: 503, times: 1 }, { kind: 'cut', afterBytes: 0, after: 1, times: 1 }] });
  const found = await hubAt(fake.url).search(aSearch);
  fake.setFaults([{ kind: 'status', status: 502 }]);
  const down = await refusalOf(hubAt(fake.url).search(aSearch));
  await fake.stop();
  const gone = await refusalOf(hubAt(fake.url).search(aSearch));

  expect(found.models).toHaveLength(1);
  expect(down).toEqual({ code: 'hub.unreachable', endpoint: expect.stringContaining('http') as string, reason: 'it answered 502' });
  expect(gone).toMatchObject({ code: 'hub.unreachable', reason: 'ECONNREFUSED' });
});

test('a short limit is waited for, a long one is told', async () => {
  const fake = await startFake({ repos: [aRepo('acme/tiny')], faults: [{ kind: 'rateLimit', retryAfterSeconds: 1, hasRetryAfter: false, times: 1 }] });
  const startedAtMs = performance.now();
  const found = await hubAt(fake.url).search(aSearch);
  const waitedMs = performance.now() - startedAtMs;
  fake.setFaults([{ kind: 'rateLimit', retryAfterSeconds: 300 }]);
  const limited = await refusalOf(hubAt(fake.url).search(aSearch));

  expect(found.models).toHaveLength(1);
  expect(waitedMs).toBeGreaterThan(950);
  expect(limited).toEqual({ code: 'hub.rate_limited', retryAfterMs: 300_000 });
});

test('an abort ends a wait at once with its own reason', async () => {
  const fake = await startFake({ repos: [aRepo('acme/tiny')], faults: [{ kind: 'delay', ms: 60_000 }] });
  const abort = new AbortController();
  const search = refusalOf(hubAt(fake.url).search(aSearch, { signal: abort.signal }));

  abort.abort(new Error('no longer wanted'));

  expect(await search).toEqual(new Error('no longer wanted'));
});

test('answers of another shape are a fault of the hub, not of the backend', async () => {
  const server = createServer((request, response) => {
    const bodies: Record<string, string> = { '/api/models': '{"not":"a list"}', '/api/models/a/b/revision/main': '<html>', '/api/models/a/b/tree/main': `[{"type":"file","path":"../../etc/passwd","size":1,"oid":"${'0'.repeat(40)}"}]` };
    response.end(bodies[request.url?.split('?')[0] ?? ''] ?? '');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const hub = hubAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);

  const refusals = await Promise.all([refusalOf(hub.search(aSearch)), refusalOf(hub.readModel('a/b', 'main')), refusalOf(hub.listFiles('a/b', 'main')), refusalOf(hub.resolve({ repo: 'a/b', revision: 'main', path: 'x' }))]);
  server.close();
  server.closeAllConnections();

  expect(refusals).toEqual([
    { code: 'hub.protocol', what: expect.stringMatching(/^\/api\/models:/) as string }, { code: 'hub.protocol', what: 'no JSON for /api/models/a/b/revision/main' },
    { code: 'hub.protocol', what: 'file name "../../etc/passwd"' }, { code: 'hub.protocol', what: 'headers of x' },
  ]);
});

test('the token is in no log line and in no error, whatever goes wrong', async () => {
  const fake = await startFake({ repos: [aRepo('acme/gated', { gated: 'manual' })], tokens: [{ token: TOKEN, name: 'ann' }], faults: [{ kind: 'status', status: 500, on: 'acme/broken' }] });
  const hub = hubAt(fake.url, TOKEN);
  const errors = await Promise.all([
    hub.readModel('acme/broken', 'main'), hub.resolve({ repo: 'acme/gated', revision: 'main', path: 'README.md' }), hub.readModel('acme/none', 'main'),
    hubAt('http://127.0.0.1:1', TOKEN).search(aSearch), hubAt(fake.url, 'hf_other').readCard('acme/gated', 'main'),
  ].map((call) => call.catch((error: unknown) => error)));

  const shown = JSON.stringify([logged, errors.map((error) => [String(error), error, error instanceof Error ? [error.stack, String(error.cause)] : ''])]);

  expect(errors.every((error) => error instanceof AppError)).toBe(true);
  expect(logged.length).toBeGreaterThan(0);
  expect(shown).not.toMatch(/hf_|Bearer/);
});

test('the header of a remote GGUF of gigabytes costs one request with its redirect, and reads no weights', async () => {
  const head = makeGgufHeader(aLlamaHeader({ layers: 80, vocabulary: 150_000 }));
  const fake = await startFake({ repos: [aRepo('acme/big', { files: [{ path: 'big.gguf', seed: 1, sizeBytes: 40_000_000_000, headBase64: head.toString('base64'), announcedSha256: 'b'.repeat(64) }] })] });

  const header = await hubAt(fake.url).readGgufHeader({ repo: 'acme/big', commit: 'main', path: 'big.gguf' });
  await waitFor(() => fake.requests[1]?.end === 'client', { timeoutMs: 15_000, what: 'the connection to be given up' });

  expect(header).toMatchObject({ version: 3, headerBytes: head.length, fileSizeBytes: 40_000_000_000, parameterCount: 4_096 * 150_000 + 80 * 4_096 * 4_096 });
  expect(header.tensors).toHaveLength(81);
  expect(header.metadata['tokenizer.ggml.tokens']).toEqual({ length: 150_000, items: expect.arrayContaining(['word-0', 'word-15']) as unknown });
  expect(fake.requests.map(({ where, method, status }) => ({ where, method, status }))).toEqual([{ where: 'hub', method: 'GET', status: 302 }, { where: 'cdn', method: 'GET', status: 206 }]);
  expect(fake.requests[1]?.bytesSent).toBeLessThan(head.length + 12_000_000);
});

test('a file that is all header is read to its end', async () => {
  const head = makeGgufHeader(aLlamaHeader({ layers: 1, vocabulary: 100_000 }));
  const fake = await startFake({ repos: [aRepo('acme/vocabulary', { files: [{ path: 'vocabulary.gguf', base64: makeGgufHeader({ ...aLlamaHeader({ vocabulary: 100_000 }), tensors: [] }).toString('base64') }] })] });

  const header = await hubAt(fake.url).readGgufHeader({ repo: 'acme/vocabulary', commit: 'main', path: 'vocabulary.gguf' });

  expect(header.headerBytes).toBeGreaterThan(head.length / 2);
  expect(header.tensors).toEqual([]);
});

const magic = Buffer.from('GGUF');
const key = text('general.architecture');
const nested = (depth: number): Buffer => (depth === 0 ? Buffer.concat([u32(9), u32(4), u64(0n)]) : Buffer.concat([u32(9), u32(9), u64(1n), nested(depth - 1).subarray(4)]));

test.for<{ name: string; bytes: Buffer; reason: RegExp }>([
  { name: 'no GGUF', bytes: Buffer.alloc(100, 'x'), reason: /does not begin/ },
  { name: 'nothing', bytes: Buffer.alloc(0), reason: /empty/ },
  { name: 'half a beginning', bytes: Buffer.from('GGUF'), reason: /too short/ },
  { name: 'an unknown version', bytes: Buffer.concat([magic, u32(77), u64(0n), u64(0n)]), reason: /version 77/ },
  { name: 'a thousand million keys', bytes: Buffer.concat([magic, u32(3), u64(1n), u64(1_000_000_000n), Buffer.alloc(1_000)]), reason: /too many keys/ },
  { name: 'more tensors than there are numbers', bytes: Buffer.concat([magic, u32(3), u64(0xffff_ffff_ffff_ffffn), u64(1n)]), reason: /too many tensors/ },
  { name: 'a text of 2^63 bytes', bytes: Buffer.concat([magic, u32(3), u64(0n), u64(1n), u64(2n ** 63n)]), reason: /String length/ },
  { name: 'a list of 2^64 - 1 numbers', bytes: Buffer.concat([magic, u32(3), u64(0n), u64(1n), key, u32(9), u32(0), u64(0xffff_ffff_ffff_ffffn)]), reason: /array length/ },
  { name: 'lists in lists in lists', bytes: Buffer.concat([magic, u32(3), u64(0n), u64(1n), key, nested(50)]), reason: /depth/ },
  { name: 'a type that does not exist', bytes: Buffer.concat([magic, u32(3), u64(0n), u64(1n), key, u32(99)]), reason: /type/ },
  { name: 'an end in the middle of the keys', bytes: makeGgufHeader({ ...aLlamaHeader({ vocabulary: 100 }), claims: { keys: 5_000n } }), reason: /ends within|type|maximum|offset/i },
  { name: 'an end in the middle of the tensors', bytes: makeGgufHeader({ ...aLlamaHeader({ vocabulary: 100 }), claims: { tensors: 90_000n } }), reason: /ends within|fit/ },
  { name: 'tensors larger than the file', bytes: makeGgufHeader({ metadata: {}, tensors: [{ name: 'w', shape: [2 ** 31, 2 ** 31] }] }), reason: /fit/ },
])('$name is unreadable, and nothing else happens', async ({ bytes, reason }) => {
  const fake = await startFake({ repos: [aRepo('acme/bad', { files: [{ path: 'bad.gguf', base64: bytes.toString('base64') }] })] });

  const refusal = await refusalOf(hubAt(fake.url).readGgufHeader({ repo: 'acme/bad', commit: 'main', path: 'bad.gguf' }));

  expect(refusal).toEqual({ code: 'model.unreadable', path: 'bad.gguf', reason: expect.stringMatching(reason) as string });
});

test('lists of empty lists that would fill the memory end their own thread only', async () => {
  const empty = Buffer.concat([u32(8), u64(0n)]);
  const many = Buffer.concat(Array.from({ length: 3_000_000 }, () => empty));
  const bytes = Buffer.concat([magic, u32(3), u64(0n), u64(4n), ...['a', 'b', 'c', 'd'].flatMap((name) => [text(name), u32(9), u32(9), u64(750_000n), many.subarray(0, 750_000 * 12)])]);
  const fake = await startFake({ repos: [aRepo('acme/bad', { files: [{ path: 'bad.gguf', base64: bytes.toString('base64') }] })] });
  const before = process.memoryUsage().rss;

  const refusal = await refusalOf(hubAt(fake.url).readGgufHeader({ repo: 'acme/bad', commit: 'main', path: 'bad.gguf' }));

  expect([refusal === 'nothing was thrown', (process.memoryUsage().rss - before) / 1e6 < 600]).toEqual([true, true]);
});

test('a connection that breaks within the header is the hub’s fault', async () => {
  const head = makeGgufHeader(aLlamaHeader({ vocabulary: 200_000 }));
  const fake = await startFake({ repos: [aRepo('acme/big', { files: [{ path: 'big.gguf', seed: 1, sizeBytes: 1_000_000_000, headBase64: head.toString('base64'), announcedSha256: 'b'.repeat(64) }] })], faults: [{ kind: 'cut', afterBytes: 1_000_000, where: 'cdn' }] });

  expect(await refusalOf(hubAt(fake.url).readGgufHeader({ repo: 'acme/big', commit: 'main', path: 'big.gguf' }))).toMatchObject({ code: 'hub.unreachable' });
});
