import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, onTestFinished, test } from 'vitest';
import { removeHomes } from '../support/backend.ts';
import { endDownloadWorlds, hashFile, killTransferProcess, listedHashes, openDownloadWorld, shardedFiles, startIn, sumBodyBytes, waitForStatus } from '../support/downloadWorld.ts';
import { waitFor } from '../support/waitFor.ts';

const MIB = 1024 * 1024;
const KILLS = 10;
const weights = (sizeMib: number) => [{ path: 'm-Q8_0.gguf', seed: 4, sizeBytes: sizeMib * MIB }];
const q8 = { kind: 'label' as const, label: 'Q8_0' };

afterEach(endDownloadWorlds);
afterAll(removeHomes);

test('ten kills at random moments of the backend and of the process that fetches leave every byte right and fetch next to none twice', async () => {
  const world = await openDownloadWorld({ repos: [{ id: 'org/killed', files: shardedFiles({ shards: 4, shardMib: 20 }) }], faults: [{ kind: 'slow', bytesPerSecond: 3 * MIB, where: 'cdn' }] });
  const hashes = await listedHashes(world.hub, 'org/killed');
  let backend = await startIn(world);
  const { id, totalBytes } = await backend.client.downloads.pull({ repo: 'org/killed', selection: { kind: 'label', label: 'Q4_K_M' } });
  const total = totalBytes ?? 0;

  for (let kill = 1; kill <= KILLS; kill += 1) {
    const mark = (total * (kill - Math.random())) / (KILLS + 2);
    await waitFor(async () => (await backend.client.downloads.get({ download: id })).doneBytes >= mark, { timeoutMs: 60_000, everyMs: 10, what: `${mark} bytes` });
    if (kill % 3 === 0) { await killTransferProcess(backend.pid); continue; }
    await backend.kill();
    backend = await startIn(world);
  }
  const done = await waitForStatus(backend, id, 'done');

  for (const [path, sha256] of hashes) expect(await hashFile(join(done.folder ?? '', path))).toBe(sha256);
  const sent = sumBodyBytes(await world.hub.requests());
  expect(sent, `${total} bytes in the repository`).toBeLessThanOrEqual(total + KILLS * 4 * MIB);
  process.stdout.write(`ten kills: ${sent - total} of ${total} bytes came twice\n`);
});

test('a kill while bytes are verified fetches none of them again', async () => {
  const sizeBytes = 3_000 * MIB;
  const announcedSha256 = 'f'.repeat(63) + '0';
  const world = await openDownloadWorld({ repos: [{ id: 'org/verified', files: [{ path: 'm-Q8_0.gguf', seed: 4, sizeBytes, announcedSha256 }] }], faults: [{ kind: 'status', status: 404, where: 'cdn' }] });
  const blob = join(world.cache, 'models--org--verified', 'blobs', announcedSha256);
  mkdirSync(join(blob, '..'), { recursive: true });
  writeFileSync(blob, '');
  truncateSync(blob, sizeBytes);
  const before = await startIn(world);
  const { id } = await before.client.downloads.pull({ repo: 'org/verified', selection: q8 });
  await waitForStatus(before, id, 'verifying');
  await before.kill();

  const hasKeptIt = statSync(blob).size === sizeBytes;
  const backend = await startIn(world);
  const failed = await waitForStatus(backend, id, 'failed');

  expect(hasKeptIt).toBe(true);
  expect([failed.problem, existsSync(blob), existsSync(join(blob, '..', '..', 'quarantine', announcedSha256))]).toEqual(['not_found', false, true]);
});

test('bytes of a wrong sha256 are kept aside, fetched once more, and then said', async () => {
  const world = await openDownloadWorld({ repos: [{ id: 'org/wrong', files: weights(9) }], faults: [{ kind: 'corrupt', atByte: 100, where: 'cdn', on: 'GET' }] });
  const sha256 = (await listedHashes(world.hub, 'org/wrong')).get('m-Q8_0.gguf') ?? '';
  const backend = await startIn(world);

  const { id } = await backend.client.downloads.pull({ repo: 'org/wrong', selection: q8 });
  const failed = await waitForStatus(backend, id, 'failed');

  const repo = join(world.cache, 'models--org--wrong');
  expect(failed).toMatchObject({ problem: 'wrong_sha256', files: [{ status: 'quarantined', doneBytes: 0 }] });
  expect([readdirSync(join(repo, 'blobs')), statSync(join(repo, 'quarantine', sha256)).size]).toEqual([[], 9 * MIB]);
  expect(sumBodyBytes(await world.hub.requests())).toBe(18 * MIB);

  await world.hub.setFaults([]);
  await backend.client.downloads.resume({ download: id });
  const done = await waitForStatus(backend, id, 'done');
  expect(await hashFile(join(done.folder ?? '', 'm-Q8_0.gguf'))).toBe(sha256);
});

test('a file that changes upstream between two parts begins anew, and is refused where the commit was asked for', async () => {
  const world = await openDownloadWorld({ repos: [{ id: 'org/changed', files: weights(18) }] });
  const sha256 = (await listedHashes(world.hub, 'org/changed')).get('m-Q8_0.gguf') ?? '';
  const backend = await startIn(world);
  const change = { kind: 'changed' as const, seed: 9, where: 'cdn' as const, on: 'GET', after: 1, times: 1 };

  await world.hub.setFaults([change]);
  const pinned = await backend.client.downloads.pull({ repo: 'org/changed', revision: await world.commitOf('org/changed'), selection: q8 });
  const refused = await waitForStatus(backend, pinned.id, 'failed');
  await backend.client.downloads.remove({ download: pinned.id });
  await world.hub.setFaults([change]);
  const branch = await backend.client.downloads.pull({ repo: 'org/changed', selection: q8 });
  const done = await waitForStatus(backend, branch.id, 'done');

  expect(refused.problem).toBe('changed_upstream');
  expect(await hashFile(join(done.folder ?? '', 'm-Q8_0.gguf'))).toBe(sha256);
});

test('a disk that is full is said before the first byte, and a disk that fills up stops the download until there is room', async (context) => {
  const world = await openDownloadWorld({ repos: [{ id: 'org/large', files: weights(40) }, { id: 'org/fits', files: weights(14) }], faults: [{ kind: 'slow', bytesPerSecond: 2 * MIB, where: 'cdn' }] });
  const models = join(world.home, 'models');
  mkdirSync(models);
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'none', models]).status === 0;
  context.skip(!isMounted, 'mounting a small disk needs root');
  onTestFinished(() => { spawnSync('umount', ['-l', models]); });
  const backend = await startIn(world);

  const tooLarge = backend.client.downloads.pull({ repo: 'org/large', selection: q8 });
  await expect(tooLarge).rejects.toMatchObject({ code: 'disk.full', data: { path: world.cache, neededBytes: 40 * MIB } });

  const { id } = await backend.client.downloads.pull({ repo: 'org/fits', selection: q8 });
  await waitFor(async () => (await backend.client.downloads.get({ download: id })).doneBytes > MIB, { timeoutMs: 30_000, what: 'some bytes' });
  writeFileSync(join(models, 'filler'), Buffer.alloc(10 * MIB));
  const failed = await waitForStatus(backend, id, 'failed');
  rmSync(join(models, 'filler'));
  await world.hub.setFaults([]);
  await world.hub.forgetRequests();
  await backend.client.downloads.resume({ download: id });
  await waitForStatus(backend, id, 'done');

  expect([failed.problem, failed.doneBytes > MIB]).toEqual(['disk_full', true]);
  expect(sumBodyBytes(await world.hub.requests())).toBeLessThan(14 * MIB);
});

test('a name that leaves its folder is refused', async () => {
  const world = await openDownloadWorld({ repos: ['../../evil.gguf', '/evil.gguf', 'a\0b.gguf'].map((path, index) => ({ id: `org/odd${index}`, files: [{ path, text: 'x' }] })) });
  const backend = await startIn(world);

  for (const index of [0, 1, 2]) {
    const pulled = backend.client.downloads.pull({ repo: `org/odd${index}`, selection: { kind: 'patterns', include: ['**'] } });
    await expect(pulled).rejects.toMatchObject({ code: 'hub.protocol' });
  }
  expect([existsSync(world.cache), await backend.client.downloads.list({})]).toEqual([false, []]);
});

test('a token goes to the hub only, and into no file', async () => {
  const token = 'hf_secretOfTheTest';
  const world = await openDownloadWorld({ repos: [{ id: 'org/gated', gated: 'auto', files: [{ path: 'README.md', text: '# hi' }, ...weights(5)] }], tokens: [{ token, name: 'user', accepted: ['org/gated'] }] });
  const backend = await startIn(world, { HF_TOKEN: token, WHEELHOUSE_LOG_LEVEL: 'debug' });
  await world.hub.setFaults([{ kind: 'status', status: 500, times: 2, where: 'cdn' }]);

  const { id } = await backend.client.downloads.pull({ repo: 'org/gated', selection: q8 });
  await waitForStatus(backend, id, 'done');

  const requests = await world.hub.requests();
  expect([requests.some(({ where, hasToken }) => where === 'hub' && hasToken), requests.some(({ where, hasToken }) => where === 'cdn' && hasToken)]).toEqual([true, false]);
  const files = readdirSync(world.home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  expect(files.filter((path) => readFileSync(path).includes(token))).toEqual([]);
});

test('after 429 a download waits as long as it was told to, and then goes on by itself', async () => {
  const world = await openDownloadWorld({ repos: [{ id: 'org/limited', files: weights(5) }] });
  const backend = await startIn(world);
  await world.hub.setFaults([{ kind: 'rateLimit', retryAfterSeconds: 3, times: 1, where: 'cdn' }]);

  const { id } = await backend.client.downloads.pull({ repo: 'org/limited', selection: q8 });
  const waiting = await waitForStatus(backend, id, 'waiting');
  const done = await waitForStatus(backend, id, 'done');

  expect([waiting.problem, (waiting.retryAtMs ?? 0) > waiting.createdAtMs + 2_500, done.problem]).toEqual(['rate_limited', true, null]);
});

test('broken connections and a server without ranges cost time and no bytes of the file', async () => {
  const world = await openDownloadWorld({ repos: [{ id: 'org/broken', files: weights(18) }, { id: 'org/whole', files: [{ path: 'm-Q8_0.gguf', seed: 6, sizeBytes: 9 * MIB }] }] });
  const backend = await startIn(world);
  const hashes = [await listedHashes(world.hub, 'org/broken'), await listedHashes(world.hub, 'org/whole')];

  await world.hub.setFaults([{ kind: 'cut', afterBytes: MIB, times: 4, where: 'cdn' }, { kind: 'status', status: 503, after: 5, times: 2, where: 'cdn' }]);
  const broken = await waitForStatus(backend, (await backend.client.downloads.pull({ repo: 'org/broken', selection: q8 })).id, 'done');
  const sent = sumBodyBytes(await world.hub.requests());
  await world.hub.setFaults([{ kind: 'noRanges', where: 'cdn' }]);
  const whole = await waitForStatus(backend, (await backend.client.downloads.pull({ repo: 'org/whole', selection: q8 })).id, 'done');

  const got = await Promise.all([broken, whole].map(({ folder }) => hashFile(join(folder ?? '', 'm-Q8_0.gguf'))));
  expect(got).toEqual(hashes.map((listed) => listed.get('m-Q8_0.gguf')));
  expect(sent).toBeLessThanOrEqual(19 * MIB);
});

test('the limit holds for all connections together', async () => {
  const world = await openDownloadWorld({ repos: [{ id: 'org/paced', files: weights(12) }] });
  const backend = await startIn(world, { WHEELHOUSE_DOWNLOADS_LIMIT_KIB: '3072' });

  const startMs = performance.now();
  const { id } = await backend.client.downloads.pull({ repo: 'org/paced', selection: q8 });
  await waitForStatus(backend, id, 'done');

  expect(performance.now() - startMs).toBeGreaterThan(3_600);
});
