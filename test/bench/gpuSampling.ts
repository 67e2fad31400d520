import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src-main/base/clock.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import { NvmlGpuProbe } from '../../src-main/platform/gpu/nvmlGpuProbe.ts';
import { aDevice, canCompileLibrary, FakeDriver, uuidOf } from '../fakes/gpu/scenario.ts';
import { toBenchRow, type BenchRow } from './benchRow.ts';

const DEVICES = 8;
const PROCESSES = 200;
const READINGS = 300;
const MS_PER_TICK = 10;

/** What one reading of an eight-card box costs, through the real adapter and the stand-in library. */
export async function benchGpuSampling(): Promise<BenchRow[]> {
  if (!canCompileLibrary()) throw new Error('a C compiler is needed for the stand-in library');
  const processes = Array.from({ length: PROCESSES }, (_, n) => ({ gpu: uuidOf(n % DEVICES), pid: 10_000 + n, used: n * 1_000_000 }));
  const driver = new FakeDriver({ devices: Array.from({ length: DEVICES }, (_, n) => aDevice(n)), processes });
  const probe = new NvmlGpuProbe({ clock: systemClock, log: silentLog, library: driver.compileLibrary(), startTimeoutMs: 20_000 });
  try {
    for (let n = 0; n < 50; n += 1) await probe.read();
    return await measure(probe);
  } finally {
    await probe.stop();
    driver.remove();
  }
}

async function measure(probe: NvmlGpuProbe): Promise<BenchRow[]> {
  const [child] = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ').map(Number).toReversed();
  const before = { childTicks: readCpuTicks(child ?? 0), own: process.cpuUsage() };
  let longestMs = 0;
  for (let n = 0; n < READINGS; n += 1) {
    const started = process.cpuUsage();
    const { state, gpus } = await probe.read();
    longestMs = Math.max(longestMs, toMs(process.cpuUsage(started)));
    if (state !== 'ok' || gpus.length !== DEVICES) throw new Error(`a reading came back ${state} with ${gpus.length} devices`);
    await delay(10);
  }
  const ownMs = toMs(process.cpuUsage(before.own)) / READINGS;
  const childMs = ((readCpuTicks(child ?? 0) - before.childTicks) * MS_PER_TICK) / READINGS;
  const toPercentAt1Hz = (ms: number): number => ms / 10;
  return [
    toBenchRow({ name: `gpu sampling: ${DEVICES} devices, ${PROCESSES} processes at 1 Hz, both processes`, measured: toPercentAt1Hz(ownMs + childMs), unit: '% of a core', atMost: 1 }),
    toBenchRow({ name: 'gpu sampling: of it in the backend', measured: toPercentAt1Hz(ownMs), unit: '% of a core', atMost: 1 }),
    // CPU time, not the loop's delay: on a busy machine the delay shows the neighbours. One reading cannot block longer than it works.
    toBenchRow({ name: 'gpu sampling: the most work one reading made for the backend', measured: longestMs, unit: 'ms', atMost: 5 }),
  ];
}

function toMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}

/** utime + stime of /proc/<pid>/stat, behind the command's closing bracket. */
function readCpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}
