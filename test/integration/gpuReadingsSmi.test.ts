import { execFileSync } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../src-main/base/clock.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import { FirstUsableGpuProbe } from '../../src-main/platform/gpu/firstUsableGpuProbe.ts';
import { NvidiaSmiGpuProbe, type NvidiaSmiGpuProbeOptions } from '../../src-main/platform/gpu/nvidiaSmiGpuProbe.ts';
import { NvmlGpuProbe } from '../../src-main/platform/gpu/nvmlGpuProbe.ts';
import { WorkstationGpuProbe } from '../../src-main/platform/gpu/workstationGpuProbe.ts';
import { aDevice, FakeDriver, GIB, uuidOf, type Scenario } from '../fakes/gpu/scenario.ts';
import { waitFor } from '../support/waitFor.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function open(scenario: Scenario, limits: Partial<NvidiaSmiGpuProbeOptions> = {}) {
  const driver = new FakeDriver(scenario);
  const probe = new NvidiaSmiGpuProbe({ command: driver.nvidiaSmi, log: silentLog, timeoutMs: 15_000, processesEveryMs: 200, ...limits });
  ends.push(() => { driver.remove(); }, () => probe.stop());
  return { driver, probe };
}
const rounds = { timeoutMs: 20_000 };

test('two identical cards are read, and one program keeps on saying how they are', async () => {
  const { probe } = open({ devices: [aDevice(0, { used: [GIB, 2 * GIB] }), aDevice(1)] });

  const first = await probe.read();
  await waitFor(async () => (await probe.read()).gpus[0]?.usedBytes === 2 * GIB, rounds);

  expect([first.state, first.gpus.map(({ id, index, name }) => [id, index, name])]).toEqual(['ok', [[uuidOf(0), 0, 'NVIDIA GeForce RTX 4090'], [uuidOf(1), 1, 'NVIDIA GeForce RTX 4090']]]);
});

test('processes and the CUDA version are asked for beside it', async () => {
  const { probe } = open({ devices: [aDevice(0), aDevice(1)], processes: [{ gpu: uuidOf(1), pid: 4711, used: GIB }] });

  const gpus = await waitFor(async () => { const { gpus: found } = await probe.read(); return found[0]?.processes === null ? null : found; }, rounds);

  expect([gpus.map(({ processes }) => processes), gpus[0]?.cudaVersion]).toEqual([[[], [{ pid: 4711, usedBytes: GIB, kind: 'compute', migId: null }]], '12.8']);
});

test('a version that does not know all the fields is asked without them', async () => {
  const { probe } = open({ devices: [aDevice(0)], unknownFields: ['compute cap', 'mig.mode.current'] });

  const { state, gpus: [gpu] } = await probe.read();

  expect([state, gpu?.computeCapability, gpu?.usedBytes]).toEqual(['ok', null, GIB]);
});

test('no program is absent', async () => {
  const probe = new NvidiaSmiGpuProbe({ command: '/there/is/no/nvidia-smi', log: silentLog });

  expect(await probe.read()).toMatchObject({ state: 'absent', gpus: [], sources: [{ state: 'absent', via: 'nvidia-smi' }] });
});

test('a program without its driver is a failure with its words', async () => {
  const { probe } = open({ mode: 'not-loaded' });

  const { state, sources = [] } = await probe.read();

  expect([state, sources[0]?.state, sources[0]?.reason?.slice(0, 25)]).toEqual(['absent', 'failed', 'NVIDIA-SMI has failed bec']);
});

test('a program that hangs from its start is slow without a card, within the deadline', async () => {
  const { probe } = open({ mode: 'hang', devices: [aDevice(0)] }, { timeoutMs: 200 });
  const startedAtMs = performance.now();

  const { state, gpus } = await probe.read();

  expect([state, gpus, performance.now() - startedAtMs < 2_000]).toEqual(['slow', [], true]);
});

test('a program that hangs later gives the last facts with their age, is killed and started again', async () => {
  const { driver, probe } = open({ devices: [aDevice(0)] }, { staleMs: 1_500, hangMs: 3_000 });
  await probe.read();

  driver.play({ mode: 'hang', devices: [aDevice(0)] });
  const slow = await waitFor(async () => { const facts = await probe.read(); return facts.state === 'slow' ? facts : null; }, rounds);
  await waitFor(async () => (await probe.read()).sources?.[0]?.reason === 'nvidia-smi did not answer', rounds);
  driver.play({ devices: [aDevice(0)] });

  expect([slow.gpus.length, (slow.sources?.[0]?.ageMs ?? 0) >= 1_500]).toEqual([1, true]);
  await waitFor(async () => (await probe.read()).state === 'ok', rounds);
});

test('the end leaves no program behind', async () => {
  const { driver, probe } = open({ devices: [aDevice(0)] });
  await probe.read();
  const find = (): string[] => execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n').filter((line) => line.includes(`${driver.folder} --query-gpu`));
  const before = find().length;

  await probe.stop();

  expect(before).toBe(1);
  await waitFor(() => find().length === 0);
});

test('a card that falls off the bus is lost, the others are read on', async () => {
  const { driver, probe } = open({ devices: [aDevice(0), aDevice(1)] });
  const workstation = new WorkstationGpuProbe([probe]);
  await workstation.read();

  driver.play({ devices: [aDevice(0), aDevice(1, { isLost: true })] });

  const { gpus } = await waitFor(async () => { const facts = await workstation.read(); return facts.gpus.some(({ state }) => state === 'lost') ? facts : null; }, rounds);
  expect(gpus.map(({ id, state }) => [id, state])).toEqual([[uuidOf(0), 'ok'], [uuidOf(1), 'lost']]);
});

test('where the library cannot be used, nvidia-smi stands in for it', async () => {
  const { probe } = open({ devices: [aDevice(0)] });
  const library = new NvmlGpuProbe({ clock: systemClock, log: silentLog, library: 'libnvidia-ml-that-is-not-there.so.1', startTimeoutMs: 15_000 });
  const first = new FirstUsableGpuProbe([library, probe]);
  ends.push(() => first.stop());

  const { state, gpus, sources = [] } = await first.read();

  expect([state, gpus.map(({ id }) => id), sources.map(({ via }) => via), sources[0]?.reason]).toEqual(['ok', [uuidOf(0)], ['nvidia-smi'], expect.stringContaining('libnvidia-ml-that-is-not-there')]);
});
