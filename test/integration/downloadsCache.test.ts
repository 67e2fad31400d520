import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { removeHomes } from '../support/backend.ts';
import { endDownloadWorlds, openDownloadWorld, shardedFiles, startIn, sumBodyBytes, waitForStatus } from '../support/downloadWorld.ts';
import { installHfClient, type HfClient } from '../support/hfClient.ts';

const READ_CACHE = `
import json, os
from huggingface_hub import hf_hub_download, scan_cache_dir
cache = os.environ["CACHE"]
paths = [hf_hub_download("org/model", name, cache_dir=cache, local_files_only=True) for name in json.loads(os.environ["NAMES"])]
info = scan_cache_dir(cache)
repo = list(info.repos)[0]
print(json.dumps({"paths": paths, "warnings": [str(w) for w in info.warnings], "repo": repo.repo_id, "sizeBytes": repo.size_on_disk, "refs": sorted(repo.refs)}))
`;

let folder: string;
let client: HfClient | string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wh-hf-'));
  client = installHfClient(folder);
});
afterEach(endDownloadWorlds);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  removeHomes();
});

test('what was pulled is found by huggingface_hub without the network, and what it pulled is not fetched again', async (context) => {
  if (typeof client === 'string') { context.skip(true, client); return; }
  const world = await openDownloadWorld({ repos: [{ id: 'org/model', files: shardedFiles({ shards: 2, shardMib: 5 }) }, { id: 'org/theirs', files: [{ path: 'm-Q8_0.gguf', seed: 77, sizeBytes: 6_000_000 }] }] });
  const backend = await startIn(world);
  const ours = await backend.client.downloads.pull({ repo: 'org/model', selection: { kind: 'label', label: 'Q4_K_M' } });
  const done = await waitForStatus(backend, ours.id, 'done');

  const names = done.files.map(({ path }) => path);
  const seen = JSON.parse(client.python(READ_CACHE, { HF_ENDPOINT: world.hub.url, HF_HOME: folder, CACHE: world.cache, NAMES: JSON.stringify(names) })) as Record<string, unknown>;
  expect(seen).toEqual({ paths: names.map((name) => join(done.folder ?? '', name)), warnings: [], repo: 'org/model', sizeBytes: done.totalBytes, refs: ['main'] });

  const userCache = join(world.environment['XDG_CACHE_HOME'] ?? '', 'huggingface', 'hub');
  expect(await client.run(['download', 'org/theirs', '--cache-dir', userCache], { HF_ENDPOINT: world.hub.url, HF_HOME: folder })).toBe(0);
  await world.hub.forgetRequests();
  const theirs = await backend.client.downloads.pull({ repo: 'org/theirs', selection: { kind: 'label', label: 'Q8_0' } });
  expect(await waitForStatus(backend, theirs.id, 'done')).toMatchObject({ reusedBytes: 6_000_000 });
  expect(sumBodyBytes(await world.hub.requests())).toBe(0);
});
