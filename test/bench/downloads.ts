import { spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ContentHasher } from '../../src-main/platform/transfer/contentHasher.ts';
import { removeHomes, type TestBackend } from '../support/backend.ts';
import { endDownloadWorlds, openDownloadWorld, startIn, waitForStatus, type DownloadWorld } from '../support/downloadWorld.ts';
import { installHfClient, type HfClient } from '../support/hfClient.ts';
import { toBenchRow, toRatioRow, type BenchRow } from './benchRow.ts';

/** WHEELHOUSE_BENCH_FULL=1 takes the whole 4 GB, as the promise has it. */
const SIZE_BYTES = process.env['WHEELHOUSE_BENCH_FULL'] === '1' ? 4_000_000_000 : 1_000_000_000;
const ROUNDS = 3;
const REPO = 'bench/large';
const SMALL = 'bench/small';
const FILE = 'm-Q8_0.gguf';
const MB = 1_000_000;

/** A large file over loopback beside `hf download` and `curl`, and what the backend and the process that fetches take meanwhile. */
export async function benchDownloads(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'wh-bench-'));
  const client = installHfClient(folder);
  if (typeof client === 'string') throw new Error(client);
  const world = await openDownloadWorld({ repos: [{ id: REPO, files: [{ path: FILE, seed: 7, sizeBytes: SIZE_BYTES }] }, { id: SMALL, files: [{ path: FILE, seed: 8, sizeBytes: MB }] }] });
  try {
    const backend = await startIn(world);
    // The very first start of the fetching process strips types; every later one, and the packed app, has its code ready.
    await pull(backend, SMALL);
    while (findChildren(backend.pid).length > 0) await delay(200);
    return await measureAll(world, { backend, client, folder });
  } finally {
    await endDownloadWorlds();
    removeHomes();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureAll(world: DownloadWorld, { backend, client, folder }: { backend: TestBackend; client: HfClient; folder: string }): Promise<BenchRow[]> {
  const rates: { ours: number[]; hf: number[]; curl: number[]; delays: number[]; memory: number[] } = { ours: [], hf: [], curl: [], delays: [], memory: [] };
  const hashes: { ours: number; theirs: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.curl.push(await rateOf(async () => { spawnSync('curl', ['-sfL', `${world.hub.url}/${REPO}/resolve/main/${FILE}`, '-o', join(folder, 'curl.bin')]); }));
    if (round === 0) hashes.push(await measureHashing(join(folder, 'curl.bin')));
    rmSync(join(folder, 'curl.bin'));
    const hfHome = join(folder, `hf-${round}`);
    rates.hf.push(await rateOf(async () => { await client.run(['download', REPO, FILE], { HF_ENDPOINT: world.hub.url, HF_HOME: hfHome }); }));
    rmSync(hfHome, { recursive: true });
    const watch = watchBackend(backend);
    rates.ours.push(await rateOf(() => pull(backend, REPO)));
    const { delayMs, ownMb } = await watch.end();
    rates.delays.push(delayMs);
    rates.memory.push(ownMb);
    for (const { id } of await backend.client.downloads.list({})) await backend.client.downloads.remove({ download: id });
    rmSync(join(world.cache, 'models--bench--large'), { recursive: true });
  }
  const size = `${SIZE_BYTES / 1e9} GB`;
  return [
    toRatioRow({ name: `downloads: ${size}, verified, beside hf download`, measured: median(rates.ours), reference: median(rates.hf), unit: 'MB/s', atLeast: 1 }),
    toRatioRow({ name: `downloads: ${size}, verified, beside curl`, measured: median(rates.ours), reference: median(rates.curl), unit: 'MB/s', atLeast: 0.8 }),
    ...hashes.map(({ ours, theirs }) => toRatioRow({ name: `downloads: hashing ${size}, beside sha256sum`, measured: ours, reference: theirs, unit: 'MB/s', atLeast: 0.8 })),
    toBenchRow({ name: 'downloads: the backend\'s loop delay p99 meanwhile', measured: Math.max(...rates.delays), unit: 'ms', atMost: 20 }),
    toBenchRow({ name: 'downloads: memory of the process that fetches, its own', measured: Math.max(...rates.memory), unit: 'MB', atMost: 100 }),
  ];
}

async function pull(backend: TestBackend, repo: string): Promise<void> {
  const { id } = await backend.client.downloads.pull({ repo, selection: { kind: 'label', label: 'Q8_0' } });
  await waitForStatus(backend, id, 'done');
}

/** The worst loop delay that the backend reports, and the most memory of its own that the fetching process had. */
function watchBackend(backend: TestBackend): { end: () => Promise<{ delayMs: number; ownMb: number }> } {
  const worst = { delayMs: 0, ownMb: 0 };
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      worst.ownMb = Math.max(worst.ownMb, ...findChildren(backend.pid).map(readOwnMb));
      await delay(100);
    }
    worst.delayMs = (await backend.client.system.status({})).eventLoopDelayMs.p99;
  })();
  return { end: async () => { over.abort(); await watching; return worst; } };
}

function findChildren(pid: number): number[] {
  const names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return names.filter((name) => { try { return readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(pid) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('transferProcess'); } catch { return false; } }).map(Number);
}

/** Pages that no other process shares: the Node program itself is in memory once already. */
function readOwnMb(pid: number): number {
  try {
    return (Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024) / MB;
  } catch {
    return 0;
  }
}

async function measureHashing(path: string): Promise<{ ours: number; theirs: number }> {
  for await (const _ of createReadStream(path, { highWaterMark: 1 << 20 })) continue;
  const theirs = await rateOf(async () => { spawnSync('sha256sum', [path]); });
  const hasher = new ContentHasher(new URL('../../src-main/platform/transfer/transferProcess.ts', import.meta.url));
  const sizeBytes = statSync(path).size;
  const ours = await rateOf(async () => {
    const hashing = hasher.begin(path, sizeBytes);
    hashing.advance(sizeBytes);
    await hashing.done;
  });
  await hasher.stop();
  return { ours, theirs };
}

async function rateOf(act: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await act();
  return SIZE_BYTES / MB / ((performance.now() - startMs) / 1_000);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
