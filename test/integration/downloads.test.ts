import { existsSync, statSync } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { removeHomes } from '../support/backend.ts';
import { endDownloadWorlds, hashFile, listedHashes, openDownloadWorld, shardedFiles, startIn, sumBodyBytes, waitForStatus } from '../support/downloadWorld.ts';
import { waitFor } from '../support/waitFor.ts';

const MIB = 1024 * 1024;

afterEach(endDownloadWorlds);
afterAll(removeHomes);

test('a sharded GGUF is pulled as one, verified and laid out as the Hugging Face cache has it', async () => {
  const world = await openDownloadWorld({ repos: [{ id: 'org/model-GGUF', files: shardedFiles({ shards: 3, shardMib: 9 }) }] });
  const hashes = await listedHashes(world.hub, 'org/model-GGUF');
  const backend = await startIn(world);

  const pulled = await backend.client.downloads.pull({ repo: 'org/model-GGUF', selection: { kind: 'label', label: 'q4_k_m' } });
  const done = await waitForStatus(backend, pulled.id, 'done');

  const repo = join(world.cache, 'models--org--model-GGUF');
  const commit = await readFile(join(repo, 'refs', 'main'), 'utf8');
  expect(done).toMatchObject({ label: 'Q4_K_M', commit, folder: join(repo, 'snapshots', commit), doneBytes: done.totalBytes, reusedBytes: 0, problem: null });
  expect(done.files.map(({ path, status }) => [path.slice(0, 12), status])).toEqual([['README.md', 'done'], ['model-Q4_K_M', 'done'], ['model-Q4_K_M', 'done'], ['model-Q4_K_M', 'done']]);
  for (const [path, sha256] of hashes) {
    const file = join(repo, 'snapshots', commit, path);
    expect([(await lstat(file)).isSymbolicLink(), await readlink(file), await hashFile(file)]).toEqual([true, `../../blobs/${sha256}`, sha256]);
  }
  expect((await readdir(join(repo, 'blobs'))).filter((name) => name.includes('wheelhouse'))).toEqual([]);
  expect(sumBodyBytes(await world.hub.requests())).toBe(done.totalBytes);
  const journal = await backend.client.journal.list({ subjectId: pulled.id });
  expect(journal.map(({ event, to }) => [event, to])).toEqual([['download.status', 'done'], ['download.status', 'downloading'], ['download.queued', null]]);
});

test('the same model asked for twice at once, and once more later, is one download', async () => {
  const world = await openDownloadWorld({ repos: [{ id: 'org/twice', files: [{ path: 'm-Q8_0.gguf', seed: 4, sizeBytes: 12 * MIB }] }] });
  const backend = await startIn(world);
  const pull = () => backend.client.downloads.pull({ repo: 'org/twice', selection: { kind: 'label', label: 'Q8_0' } });

  const [first, second] = await Promise.all([pull(), pull()]);
  const done = await waitForStatus(backend, first.id, 'done');
  const third = await pull();

  expect([second.id, third.id, third.status]).toEqual([first.id, first.id, 'done']);
  expect(await backend.client.downloads.list({})).toHaveLength(1);
  expect(sumBodyBytes(await world.hub.requests())).toBe(done.totalBytes);
});

test('bytes that are on this machine are linked and not fetched', async () => {
  const files = [{ path: 'm-Q8_0.gguf', seed: 4, sizeBytes: 12 * MIB }];
  const world = await openDownloadWorld({ repos: [{ id: 'org/first', files }, { id: 'other/second', files }] });
  const backend = await startIn(world);
  const first = await backend.client.downloads.pull({ repo: 'org/first', selection: { kind: 'label', label: 'Q8_0' } });
  await waitForStatus(backend, first.id, 'done');
  await world.hub.forgetRequests();

  const second = await waitForStatus(backend, (await backend.client.downloads.pull({ repo: 'other/second', selection: { kind: 'label', label: 'Q8_0' } })).id, 'done');

  expect(second).toMatchObject({ reusedBytes: 12 * MIB, files: [{ status: 'reused' }] });
  expect(sumBodyBytes(await world.hub.requests())).toBe(0);
  expect(statSync(join(second.folder ?? '', 'm-Q8_0.gguf')).ino).toBe(statSync(join(first.folder ?? '', 'm-Q8_0.gguf')).ino);
});

test('a repository of safetensors comes without the same weights pickled, and patterns choose files', async () => {
  const names = ['config.json', 'tokenizer.json', 'model.safetensors', 'pytorch_model.bin', 'onnx/model.onnx'];
  const world = await openDownloadWorld({ repos: [{ id: 'org/whole', files: names.map((path) => ({ path, text: path })) }] });
  const backend = await startIn(world);

  const whole = await backend.client.downloads.pull({ repo: 'org/whole', selection: { kind: 'label', label: 'safetensors' } });
  const some = await backend.client.downloads.pull({ repo: 'org/whole', selection: { kind: 'patterns', include: ['*.json', 'onnx/**'], exclude: ['tokenizer*'] } });
  const nothing = backend.client.downloads.pull({ repo: 'org/whole', selection: { kind: 'label', label: 'Q4_K_M' } });

  expect(whole.files.map(({ path }) => path).toSorted()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
  expect(some.files.map(({ path }) => path).toSorted()).toEqual(['config.json', 'onnx/model.onnx']);
  await expect(nothing).rejects.toMatchObject({ code: 'download.nothing_selected', data: { wanted: 'Q4_K_M', labels: ['safetensors', 'onnx', 'pickle'] } });
  await waitForStatus(backend, some.id, 'done');
});

test('a paused download stays paused over a restart and goes on where it stopped', async () => {
  const world = await openDownloadWorld({ repos: [{ id: 'org/slow', files: [{ path: 'm-Q8_0.gguf', seed: 4, sizeBytes: 16 * MIB }] }], faults: [{ kind: 'slow', bytesPerSecond: 2 * MIB, where: 'cdn' }] });
  const before = await startIn(world);
  const { id } = await before.client.downloads.pull({ repo: 'org/slow', selection: { kind: 'label', label: 'Q8_0' } });
  await waitFor(async () => (await before.client.downloads.get({ download: id })).doneBytes > 2 * MIB, { timeoutMs: 30_000, what: 'some bytes' });
  const paused = await before.client.downloads.pause({ download: id });
  await before.kill();

  const backend = await startIn(world);
  const after = await backend.client.downloads.get({ download: id });
  await world.hub.setFaults([]);
  const requested = await world.hub.requests();
  await backend.client.downloads.resume({ download: id });
  await waitForStatus(backend, id, 'done');

  expect(paused).toMatchObject({ status: 'paused', bytesPerSecond: 0, etaMs: null });
  expect([after.status, after.doneBytes >= paused.doneBytes, after.doneBytes < 16 * MIB]).toEqual(['paused', true, true]);
  const fetchedAgain = sumBodyBytes((await world.hub.requests()).slice(requested.length));
  expect(fetchedAgain).toBe(16 * MIB - after.doneBytes);
});

test('a promoted download is fetched before one that was asked for earlier', async () => {
  const world = await openDownloadWorld({ repos: ['one', 'two'].map((name, index) => ({ id: `org/${name}`, files: [{ path: 'm-Q8_0.gguf', seed: index + 5, sizeBytes: 6 * MIB }] })), faults: [{ kind: 'slow', bytesPerSecond: 64 * 1024, where: 'cdn' }] });
  const backend = await startIn(world, { WHEELHOUSE_DOWNLOADS_PARALLEL_FILES: '1' });
  const one = await backend.client.downloads.pull({ repo: 'org/one', selection: { kind: 'label', label: 'Q8_0' } });
  const two = await backend.client.downloads.pull({ repo: 'org/two', selection: { kind: 'label', label: 'Q8_0' } });
  await backend.client.downloads.pause({ download: one.id });
  await backend.client.downloads.pause({ download: two.id });

  await backend.client.downloads.promote({ download: two.id });
  await world.hub.setFaults([]);
  const order = (await Promise.all([backend.client.downloads.get({ download: one.id }), backend.client.downloads.get({ download: two.id })])).map(({ position }) => position);
  await backend.client.downloads.resume({ download: one.id });
  await backend.client.downloads.resume({ download: two.id });

  expect((order[1] ?? 0) < (order[0] ?? 0)).toBe(true);
  await waitForStatus(backend, one.id, 'done');
  await waitForStatus(backend, two.id, 'done');
});

test('a removed download leaves nothing behind, and is announced as removed', async () => {
  const world = await openDownloadWorld({ repos: [{ id: 'org/gone', files: shardedFiles({ shards: 2, shardMib: 8 }) }], faults: [{ kind: 'slow', bytesPerSecond: 256 * 1024, where: 'cdn' }] });
  const backend = await startIn(world);
  const { id } = await backend.client.downloads.pull({ repo: 'org/gone', selection: { kind: 'label', label: 'Q4_K_M' } });
  await waitFor(async () => (await backend.client.downloads.get({ download: id })).doneBytes > MIB / 2, { timeoutMs: 30_000, what: 'some bytes' });

  const live = await backend.client.downloads.watch({});
  await live.next();
  await backend.client.downloads.remove({ download: id });

  for await (const change of live) if (change.kind === 'removed') break;
  const repo = join(world.cache, 'models--org--gone');
  expect([await readdir(join(repo, 'blobs')), existsSync(join(repo, 'refs'))]).toEqual([[], false]);
  await expect(backend.client.downloads.get({ download: id })).rejects.toMatchObject({ code: 'download.not_found' });
});

test('a download that is cancelled leaves what was in the cache before it, also where its turn had not come', async () => {
  const card = { path: 'README.md', text: '# Shared\n' };
  const mmproj = { path: 'mmproj-F16.gguf', seed: 3, sizeBytes: 2 * MIB };
  const world = await openDownloadWorld({ repos: [
    { id: 'org/model', files: [card, mmproj, { path: 'm-Q4_K_M.gguf', seed: 1, sizeBytes: 3 * MIB }, { path: 'm-Q8_0.gguf', seed: 2, sizeBytes: 6 * MIB }] },
    { id: 'org/busy', files: [{ path: 'b-Q4_K_M.gguf', seed: 9, sizeBytes: 16 * MIB }] },
  ] });
  const backend = await startIn(world);
  const { downloads } = backend.client;
  const kept = await waitForStatus(backend, (await downloads.pull({ repo: 'org/model', selection: { kind: 'label', label: 'Q4_K_M' } })).id, 'done');
  await downloads.remove({ download: kept.id });
  await world.hub.setFaults([{ kind: 'slow', bytesPerSecond: 64 * 1024, where: 'cdn' }]);
  await backend.client.settings.set({ key: 'downloads.parallelFiles', value: 1 });
  const busy = await downloads.pull({ repo: 'org/busy', selection: { kind: 'label', label: 'Q4_K_M' } });
  const cancelled = await downloads.pull({ repo: 'org/model', selection: { kind: 'label', label: 'Q8_0' } });

  await downloads.remove({ download: cancelled.id });
  await downloads.remove({ download: busy.id });

  for (const { path, sizeBytes } of kept.files) expect([path, statSync(join(kept.folder ?? '', path)).size]).toEqual([path, sizeBytes]);
});
