import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Download } from '#contract/downloads.ts';
import type { FakeFile, FakeHubOptions, SeenRequest } from '../fakes/hub/fakeRepo.ts';
import { startFakeHub, type RunningFakeHub } from '../fakes/hub/startFakeHub.ts';
import { makeHome, startBackend, type TestBackend } from './backend.ts';
import { waitFor } from './waitFor.ts';

const MIB = 1024 * 1024;

/** A backend and a stand-in hub, whose user has an empty home. */
export interface DownloadWorld {
  hub: RunningFakeHub;
  home: string;
  /** The `hub` folder of the backend's own cache. */
  cache: string;
  environment: Record<string, string>;
  /** The commit that a repository's main branch is at. */
  commitOf(repo: string): Promise<string>;
}

const ends: (() => Promise<void>)[] = [];

/** Ends every backend and hub that was opened, the newest first. */
export async function endDownloadWorlds(): Promise<void> {
  for (const end of ends.splice(0).reverse()) await end();
}

/** A backend of this world; ended with it unless it has been killed. */
export async function startIn({ home, environment }: DownloadWorld, extra: Record<string, string> = {}): Promise<TestBackend> {
  const backend = await startBackend({ home, env: { ...environment, ...extra } });
  ends.push(() => (isAlive(backend.pid) ? backend.stop() : Promise.resolve()));
  return backend;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

export async function openDownloadWorld(options: FakeHubOptions): Promise<DownloadWorld> {
  const hub = await startFakeHub(options);
  const home = makeHome();
  const user = join(makeHome(), 'user');
  await mkdir(user, { recursive: true });
  const environment = { HOME: user, XDG_CACHE_HOME: join(user, '.cache'), HF_HOME: '', HF_HUB_CACHE: '', HF_TOKEN: '', OLLAMA_MODELS: '', HF_ENDPOINT: hub.url };
  ends.push(() => hub.stop());
  return { hub, home, environment, cache: join(home, 'models', 'huggingface', 'hub'), commitOf: async (repo) => ((await (await fetch(`${hub.url}/api/models/${repo}`)).json()) as { sha: string }).sha };
}

/** Shards of one quantisation, with a card; `shardMib` each. */
export function shardedFiles({ shards, shardMib, label = 'Q4_K_M' }: { shards: number; shardMib: number; label?: string }): FakeFile[] {
  const number = (n: number): string => String(n).padStart(5, '0');
  return [
    { path: 'README.md', text: '# A model\n' },
    ...Array.from({ length: shards }, (_, index): FakeFile => ({ path: `model-${label}-${number(index + 1)}-of-${number(shards)}.gguf`, seed: index + 1, sizeBytes: shardMib * MIB + index })),
  ];
}

/** kill -9 for the process that fetches for this backend, if one runs. */
export async function killTransferProcess(backendPid: number): Promise<void> {
  const children = readFileSync(`/proc/${backendPid}/task/${backendPid}/children`, 'utf8').trim().split(' ').filter((pid) => pid !== '');
  const pid = children.find((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('transferProcess'));
  if (pid !== undefined) process.kill(Number(pid), 'SIGKILL');
}

/** Waits until a download has one of these states. */
export function waitForStatus(backend: TestBackend, id: string, ...statuses: Download['status'][]): Promise<Download> {
  let last = '';
  return waitFor(async () => {
    const download = await backend.client.downloads.get({ download: id });
    last = `${download.status} ${download.problem ?? ''} ${download.problemDetail ?? ''}`;
    if (!statuses.includes(download.status) && download.status === 'failed') throw new Error(last);
    return statuses.includes(download.status) ? download : null;
  }, { timeoutMs: 60_000, everyMs: 30, what: `${id} to be ${statuses.join(' or ')}` });
}

export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

/** The sha256 that the hub lists, by path. */
export async function listedHashes(hub: RunningFakeHub, repo: string): Promise<Map<string, string>> {
  // Its own request is not counted: only bodies of files are.
  const rows = await (await fetch(`${hub.url}/api/models/${repo}/tree/main?recursive=true`)).json() as { path: string; lfs?: { oid: string } }[];
  return new Map(rows.flatMap(({ path, lfs }) => (lfs === undefined ? [] : [[path, lfs.oid] as const])));
}

/** Bytes of files that the hub and its CDN have sent. */
export function sumBodyBytes(requests: readonly SeenRequest[]): number {
  return requests.filter(({ path, where }) => where === 'cdn' || path.includes('/resolve-cache/')).reduce((sum, { bytesSent }) => sum + bytesSent, 0);
}
