import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { makeHome, removeHomes, startBackend, type TestBackend } from '../support/backend.ts';
import { toBenchRow, type BenchRow } from './benchRow.ts';

const INSTANCES = 100;
const IDLE_MS = 20_000;
const STARTS = 5;
const TICKS_PER_SECOND = 100;

/** What the headless backend costs while nothing happens, and how fast it comes up again. */
export async function benchBackendIdle(): Promise<BenchRow[]> {
  const home = makeHome();
  const first = await startBackend({ home });
  for (let n = 0; n < INSTANCES; n += 1) await first.client.instances.create({ name: `idle ${n}`, blueprintId: 'http-server', group: `group ${n % 10}` });
  await first.stop();
  const readyAfterMs: number[] = [];
  for (let n = 0; n < STARTS; n += 1) readyAfterMs.push(await measureStart(home));
  const backend = await startBackend({ home });
  const rows = [await measureIdle(backend), toBenchRow({ name: 'backend: start to ready, second start', measured: median(readyAfterMs), unit: 'ms', atMost: 1_500 })].flat();
  await backend.stop();
  removeHomes();
  return rows;
}

async function measureStart(home: string): Promise<number> {
  const backend = await startBackend({ home });
  const { readyAfterMs } = await backend.client.system.status({});
  await backend.stop();
  return readyAfterMs;
}

async function measureIdle(backend: TestBackend): Promise<BenchRow[]> {
  const live = await backend.client.instances.watch({});
  await live.next();
  await delay(3_000);
  const before = readCpuTicks(backend.pid);
  await delay(IDLE_MS);
  const cpuPercent = ((readCpuTicks(backend.pid) - before) / TICKS_PER_SECOND / (IDLE_MS / 1_000)) * 100;
  const { residentBytes } = await backend.client.system.status({});
  await live.return();
  return [
    toBenchRow({ name: `backend: idle CPU, ${INSTANCES} instances listed`, measured: cpuPercent, unit: '% of a core', atMost: 1 }),
    toBenchRow({ name: 'backend: idle resident memory', measured: residentBytes / 1024 / 1024, unit: 'MiB', atMost: 150 }),
  ];
}

/** utime + stime of /proc/<pid>/stat, behind the command's closing bracket. */
function readCpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
