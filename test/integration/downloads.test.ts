import { lstat, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import type { TestBackend } from '../support/backend.ts';
import { removeHomes } from '../support/backend.ts';
import { createDownloadWorld, hashFile, listedHashes, shardedFiles, sumBodyBytes, waitForStatus, type DownloadWorld } from '../support/downloadWorld.ts';

const ends: (() => Promise<void>)[] = [];
const opened = async (world: Promise<DownloadWorld>): Promise<DownloadWorld> => { const made = await world; ends.push(() => made.hub.stop()); return made; };
const running = async (backend: Promise<TestBackend>): Promise<TestBackend> => { const made = await backend; ends.push(() => made.stop()); return made; };

afterEach(async () => { for (const end of ends.splice(0).reverse()) await end(); });
afterAll(removeHomes);

test('a sharded GGUF is pulled as one, verified and laid out as the Hugging Face cache has it', async () => {
  const world = await opened(createDownloadWorld({ repos: [{ id: 'org/model-GGUF', files: shardedFiles({ shards: 3, shardMib: 9 }) }] }));
  const hashes = await listedHashes(world.hub, 'org/model-GGUF');
  const backend = await running(world.start());

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
  expect(sumBodyBytes(await world.hub.requests())).toBe(done.totalBytes);
});
