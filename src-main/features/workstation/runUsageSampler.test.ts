import { expect, test } from 'vitest';
import { gpuId } from '#contract/ids.ts';
import type { RunUsageReading } from '#contract/runUsage.ts';
import { silentLog } from '../../base/logger.ts';
import { toBareGpu } from '../../platform/gpu/gpuProbe.ts';
import type { ProcessRow } from '../../platform/process/processTable.ts';
import { FakeClock } from '../../../test/fakes/facts/fakeClock.ts';
import { RunUsageSampler } from './runUsageSampler.ts';

const aRow = (pid: number, ppid: number, changes: Partial<ProcessRow> = {}): ProcessRow => ({ pid, ppid, pgid: 1, sid: 1, startToken: '5', command: 'python3', state: 'S', rssBytes: 1_000, cpuTicks: 0, ...changes });
const onGpu = (n: number, processes: { pid: number; usedBytes: number | null; kind: 'compute' | 'graphics' }[]) => ({ ...toBareGpu({ id: gpuId.parse(`GPU-${n}`), index: n, vendor: 'nvidia', name: 'a card' }), processes: processes.map((one) => ({ ...one, migId: null })) });

test('a run is what its processes take together: CPU since the last time, memory, and VRAM on every card', async () => {
  const clock = new FakeClock();
  let rows = [aRow(20, 10), aRow(10, 1, { command: 'bash' })];
  const gpus = [onGpu(0, [{ pid: 20, usedBytes: 500, kind: 'compute' }, { pid: 20, usedBytes: 400, kind: 'graphics' }, { pid: 99, usedBytes: 7, kind: 'compute' }]), onGpu(1, [{ pid: 20, usedBytes: 100, kind: 'compute' }])];
  const sampler = new RunUsageSampler({ processes: { findMarked: async () => new Map([['run-1', rows], ['elsewhere', [aRow(30, 1)]]]) }, hasLiveRuns: () => true, listRunIds: () => ['run-1'], getGpus: () => ({ state: 'ok', takenAtMs: 0, gpus }), clock, log: silentLog });
  const readings: RunUsageReading[] = [];
  sampler.onDidRead((reading) => { readings.push(reading); });
  sampler.start();

  await clock.advance(1_000);
  rows = [aRow(20, 10, { cpuTicks: 150 }), aRow(10, 1, { command: 'bash', cpuTicks: 1 })];
  await clock.advance(1_000);
  await sampler.stop();

  expect(readings.map(({ runs }) => runs[0]?.cpuPercent)).toEqual([null, 151]);
  expect(readings[1]?.runs).toEqual([{
    runId: 'run-1', cpuPercent: 151, residentBytes: 2_000, vramBytes: 600,
    processes: [
      { pid: 10, parentPid: 1, command: 'bash', cpuPercent: 1, residentBytes: 1_000, vramBytes: null, gpuIds: [] },
      { pid: 20, parentPid: 10, command: 'python3', cpuPercent: 150, residentBytes: 1_000, vramBytes: 600, gpuIds: ['GPU-0', 'GPU-1'] },
    ],
  }]);
});

test('another process with the number of one that ended starts from nothing', async () => {
  const clock = new FakeClock();
  let rows = [aRow(20, 1, { cpuTicks: 9_000 })];
  const sampler = new RunUsageSampler({ processes: { findMarked: async () => new Map([['run-1', rows]]) }, hasLiveRuns: () => true, listRunIds: () => ['run-1'], getGpus: () => null, clock, log: silentLog });
  sampler.onDidRead(() => undefined);
  sampler.start();
  await clock.advance(1_000);

  rows = [aRow(20, 1, { startToken: '6', cpuTicks: 3 })];
  await clock.advance(1_000);

  expect(sampler.last?.runs[0]?.processes.map(({ cpuPercent, vramBytes }) => [cpuPercent, vramBytes])).toEqual([[null, null]]);
});

test('nothing is read while nobody listens', async () => {
  const clock = new FakeClock();
  let reads = 0;
  const sampler = new RunUsageSampler({ processes: { findMarked: async () => { reads += 1; return new Map(); } }, hasLiveRuns: () => true, listRunIds: () => ['run-1'], getGpus: () => null, clock, log: silentLog });
  sampler.start();

  await clock.advance(10_000);

  expect(reads).toBe(0);
});

test('once the last run has ended that is told, and nothing is read before the next', async () => {
  const clock = new FakeClock();
  let reads = 0;
  const sampler = new RunUsageSampler({ processes: { findMarked: async () => { reads += 1; return new Map(); } }, hasLiveRuns: () => false, listRunIds: () => [], getGpus: () => null, clock, log: silentLog });
  const readings: RunUsageReading[] = [];
  sampler.onDidRead((reading) => { readings.push(reading); });
  sampler.start();

  await clock.advance(10_000);

  expect([reads, readings.map(({ runs }) => runs)]).toEqual([1, [[]]]);
});

test('a reading from before everybody left is not kept for the next listener', async () => {
  const clock = new FakeClock();
  const sampler = new RunUsageSampler({ processes: { findMarked: async () => new Map([['run-1', [aRow(10, 1)]]]) }, hasLiveRuns: () => true, listRunIds: () => ['run-1'], getGpus: () => null, clock, log: silentLog });
  const listening = sampler.onDidRead(() => undefined);
  sampler.start();
  await clock.advance(1_000);

  listening.dispose();
  await clock.advance(1_000);

  expect(sampler.last).toBeNull();
});
