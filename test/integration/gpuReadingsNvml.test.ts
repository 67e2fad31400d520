import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src-main/base/clock.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import type { GpuFacts } from '../../src-main/platform/gpu/gpuProbe.ts';
import { NvmlGpuProbe, type NvmlGpuProbeOptions } from '../../src-main/platform/gpu/nvmlGpuProbe.ts';
import { WorkstationGpuProbe } from '../../src-main/platform/gpu/workstationGpuProbe.ts';
import { aDevice, canCompileLibrary, FakeDriver, GIB, uuidOf, type Scenario } from '../fakes/gpu/scenario.ts';
import { waitFor } from '../support/waitFor.ts';

const drivers: FakeDriver[] = [];
const probes: NvmlGpuProbe[] = [];
afterEach(async () => {
  for (const probe of probes.splice(0)) await probe.stop();
  for (const driver of drivers.splice(0)) driver.remove();
});

function open(scenario: Scenario, version: 'new' | 'old' | 'none' = 'new', limits: Partial<NvmlGpuProbeOptions> = {}) {
  const driver = new FakeDriver(scenario);
  drivers.push(driver);
  const probe = new NvmlGpuProbe({ clock: systemClock, log: silentLog, library: driver.compileLibrary(version), startTimeoutMs: 15_000, timeoutMs: 5_000, ...limits });
  probes.push(probe);
  return { driver, probe };
}
/** The processes that were started with a library of this folder. */
const readReaders = (folder: string): string[] => readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && readCommandLine(pid).includes(folder) && readCommandLine(pid).includes('nvmlProcess'));
function readCommandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return '';
    throw error;
  }
}
const stateOf = ({ state, sources = [] }: GpuFacts) => ({ state, source: sources[0]?.state });

describe.skipIf(!canCompileLibrary())('NVML (needs a C compiler for the stand-in library)', () => {
  test('a device is read with all that the library knows of it', async () => {
    const { probe } = open({ devices: [aDevice(0, { used: 2 * GIB, values: { util: 71, throttle: 0x24, display: 1, mig: 0 } })], processes: [{ gpu: uuidOf(0), pid: 4711, used: GIB }, { gpu: uuidOf(0), pid: 800, used: 'na', kind: 'graphics' }, { gpu: uuidOf(0), pid: 900, used: 5, kind: 'mps' }] });

    const facts = await probe.read();

    expect({ ...facts, sources: facts.sources?.map((source) => ({ ...source, ageMs: 0 })) }).toEqual({
      state: 'ok', sources: [{ vendor: 'nvidia', via: 'nvml', state: 'ok', ageMs: 0, reason: null }],
      gpus: [{
        id: uuidOf(0), index: 0, vendor: 'nvidia', name: 'NVIDIA GeForce RTX 4090', state: 'ok', pciBusId: '00000000:01:00.0', totalBytes: 24 * GIB, usedBytes: 2 * GIB,
        freeBytes: 22 * GIB, isMemoryUnified: false, utilizationPercent: 71, memoryUtilizationPercent: 3, temperatureCelsius: 41, temperatureLimitCelsius: 90,
        powerWatts: 22.81, powerLimitWatts: 450, graphicsClockMhz: 210, maxGraphicsClockMhz: 3_105, memoryClockMhz: 405, fanPercent: 30,
        throttleReasons: ['power', 'thermal'], isDisplayAttached: true, migMode: 'off', migInstances: [], driverVersion: '570.86.15', cudaVersion: '12.8', computeCapability: '8.9',
        processes: [{ pid: 4711, usedBytes: GIB, kind: 'compute', migId: null }, { pid: 800, usedBytes: null, kind: 'graphics', migId: null }, { pid: 900, usedBytes: 5, kind: 'mps', migId: null }],
      }],
    });
  });

  test('eight cards of one kind are told apart by UUID, and two hundred processes fit', async () => {
    const processes = Array.from({ length: 200 }, (_, n) => ({ gpu: uuidOf(n % 8), pid: 1_000 + n, used: n }));
    const { probe } = open({ devices: Array.from({ length: 8 }, (_, n) => aDevice(n)), processes });

    const { gpus } = await probe.read();

    expect([new Set(gpus.map(({ name }) => name)).size, new Set(gpus.map(({ id }) => id)).size, gpus.flatMap((gpu) => gpu.processes ?? []).length]).toEqual([1, 8, 200]);
  });

  test('more processes on one card than the buffer holds are all listed', async () => {
    const { probe } = open({ devices: [aDevice(0)], processes: Array.from({ length: 300 }, (_, n) => ({ gpu: uuidOf(0), pid: 1_000 + n, used: n })) });

    expect((await probe.read()).gpus[0]?.processes?.length).toBe(300);
  });

  test('another order of the same cards changes their index and nothing else of them', async () => {
    const first = open({ devices: [aDevice(0), aDevice(1)] });
    const before = (await first.probe.read()).gpus.map(({ id, index }) => [id, index]);
    await first.probe.stop();

    first.driver.play({ devices: [aDevice(1), aDevice(0)] });

    expect([before, (await first.probe.read()).gpus.map(({ id, index }) => [id, index])]).toEqual([[[uuidOf(0), 0], [uuidOf(1), 1]], [[uuidOf(1), 0], [uuidOf(0), 1]]]);
  });

  test('memory follows the driver from reading to reading', async () => {
    const { probe } = open({ devices: [aDevice(0, { used: [GIB, 2 * GIB, 3 * GIB] })] });

    const used: unknown[] = [];
    for (let n = 0; n < 3; n += 1) used.push((await probe.read()).gpus[0]?.usedBytes);

    expect(used).toEqual([GIB, 2 * GIB, 3 * GIB]);
  });

  test('2^64−1 is no size, and a negative free memory is none', async () => {
    const all = 2n ** 64n - 1n;
    const { probe } = open({ devices: [aDevice(0, { total: all, used: all, free: all }), aDevice(1, { free: -5 }), aDevice(2, { used: all })] });

    expect((await probe.read()).gpus.map(({ totalBytes, usedBytes, freeBytes }) => [totalBytes, usedBytes, freeBytes])).toEqual([[0, 0, null], [24 * GIB, GIB, 23 * GIB], [24 * GIB, 0, null]]);
  });

  test('what the driver does not support is null', async () => {
    const values = Object.fromEntries(['util', 'temp', 'power', 'powerlimit', 'clock', 'maxclock', 'memclock', 'fan', 'throttle', 'display', 'templimit'].map((key) => [key, 'na' as const]));
    const { probe } = open({ devices: [aDevice(0, { total: 'na', used: 'na', values })] });

    const [gpu] = (await probe.read()).gpus;

    expect(gpu).toMatchObject({ totalBytes: 0, usedBytes: 0, freeBytes: null, utilizationPercent: null, temperatureCelsius: null, powerWatts: null, fanPercent: null, throttleReasons: null, isDisplayAttached: null });
  });

  test('MIG instances come with their card, and their processes name them', async () => {
    const mig = 'MIG-feb88891-0321-5fef-9c87-d4af3b54259e';
    const { probe } = open({
      devices: [aDevice(0, { name: 'NVIDIA A100-SXM4-80GB', values: { mig: 1 } })],
      instances: [{ gpu: uuidOf(0), uuid: mig, name: 'NVIDIA A100-SXM4-80GB MIG 1g.10gb', gi: 7, ci: 0, total: 10 * GIB, used: GIB }],
      processes: [{ gpu: uuidOf(0), pid: 12, used: GIB, gi: 7, ci: 0 }],
    });

    const { gpus: [gpu] } = await probe.read();

    expect([gpu?.migMode, gpu?.migInstances, gpu?.processes?.[0]?.migId]).toEqual(['on', [{ id: mig, name: 'NVIDIA A100-SXM4-80GB MIG 1g.10gb', gpuInstanceId: 7, computeInstanceId: 0, totalBytes: 10 * GIB, usedBytes: GIB }], mig]);
  });

  test('an old library without the newer functions still gives memory and processes', async () => {
    const { probe } = open({ devices: [aDevice(0)], processes: [{ gpu: uuidOf(0), pid: 4711, used: GIB }] }, 'old');

    const { state, gpus: [gpu] } = await probe.read();

    expect([state, gpu?.usedBytes, gpu?.freeBytes, gpu?.powerWatts, gpu?.processes]).toEqual(['ok', GIB, 23 * GIB, null, [{ pid: 4711, usedBytes: GIB, kind: 'compute', migId: null }]]);
  });

  test('a library that is not NVML, a driver that is not loaded and one of another version are said, each in its words', async () => {
    const readings = await Promise.all([open({}, 'none'), open({ mode: 'not-loaded' }), open({ mode: 'mismatch' })].map(({ probe }) => probe.read()));

    expect(readings.map(({ state, sources = [] }) => [state, sources[0]?.state, sources[0]?.reason])).toEqual([
      ['absent', 'absent', 'the library is none of NVML: nvmlInit is missing'],
      ['absent', 'failed', 'the driver is not loaded'],
      ['absent', 'failed', 'driver and library differ in version'],
    ]);
  });

  test('a missing library is absent', async () => {
    const probe = new NvmlGpuProbe({ clock: systemClock, log: silentLog, library: 'libnvidia-ml-that-is-not-there.so.1', startTimeoutMs: 15_000 });
    probes.push(probe);

    expect(stateOf(await probe.read())).toEqual({ state: 'absent', source: 'absent' });
  });

  test('a hanging driver gives the last facts with their age, within the deadline, and is read again when it answers', async () => {
    const { driver, probe } = open({ devices: [aDevice(0)] }, 'new', { timeoutMs: 100 });
    await probe.read();

    driver.play({ mode: 'hang', devices: [aDevice(0)] });
    const startedAtMs = performance.now();
    const slow = await waitFor(async () => { const facts = await probe.read(); return facts.state === 'slow' && (facts.sources?.[0]?.ageMs ?? 0) > 150 ? facts : null; });
    const tookMs = performance.now() - startedAtMs;
    driver.play({ devices: [aDevice(0)] });

    expect([slow.gpus.length, tookMs < 5_000]).toEqual([1, true]);
    await waitFor(async () => (await probe.read()).state === 'ok');
  });

  test('a reader that hangs too long is killed and started again', async () => {
    const { driver, probe } = open({ devices: [aDevice(0)] }, 'new', { timeoutMs: 50, hangMs: 300 });
    await probe.read();

    driver.play({ mode: 'hang', devices: [aDevice(0)] });
    await waitFor(async () => (await probe.read()).sources?.[0]?.reason === 'the driver did not answer');
    driver.play({ devices: [aDevice(0)] });

    await waitFor(async () => (await probe.read()).state === 'ok', { timeoutMs: 20_000 });
  });

  test('a library that crashes takes its own process only, and is tried again', async () => {
    const { driver, probe } = open({ devices: [aDevice(0)] });
    await probe.read();

    driver.play({ mode: 'crash', devices: [aDevice(0)] });
    const crashed = await probe.read();
    driver.play({ devices: [aDevice(0)] });

    expect([crashed.state, crashed.gpus.length, crashed.sources?.[0]?.reason]).toEqual(['slow', 1, 'the reading process ended with SIGABRT']);
    await waitFor(async () => (await probe.read()).state === 'ok', { timeoutMs: 20_000 });
  });

  test('the end does not wait for a driver that hangs, and leaves no process', async () => {
    const { driver, probe } = open({ devices: [aDevice(0)] }, 'new', { timeoutMs: 50 });
    await probe.read();
    const readers = readReaders(driver.folder);
    driver.play({ mode: 'hang', devices: [aDevice(0)] });
    await waitFor(async () => (await probe.read()).state === 'slow');

    const startedAtMs = performance.now();
    await probe.stop();

    expect([readers.length, performance.now() - startedAtMs < 500]).toEqual([1, true]);
    await waitFor(() => readReaders(driver.folder).length === 0);
  });

  test('a backend that ends in any way is not kept by a driver that hangs, and its reader follows it', async () => {
    const driver = new FakeDriver({ devices: [aDevice(0)] });
    drivers.push(driver);
    const child = fork(fileURLToPath(new URL('../fakes/gpu/exitingReader.ts', import.meta.url)), [driver.compileLibrary()], { stdio: 'inherit', execArgv: ['--disable-warning=ExperimentalWarning'] });
    await once(child, 'message');
    driver.play({ mode: 'hang', devices: [aDevice(0)] });

    const startedAtMs = performance.now();
    child.send('read and exit');
    await once(child, 'exit');
    const tookMs = performance.now() - startedAtMs;
    driver.play({ devices: [aDevice(0)] });

    expect(tookMs).toBeLessThan(5_000);
    await waitFor(() => readReaders(driver.folder).length === 0);
  });

  test('a card that falls off the bus stays in the list as lost, and comes back', async () => {
    const { driver, probe } = open({ devices: [aDevice(0), aDevice(1)] });
    const workstation = new WorkstationGpuProbe([probe]);
    await workstation.read();

    driver.play({ devices: [aDevice(0), aDevice(1, { isLost: true })] });
    const lost = await workstation.read();
    driver.play({ devices: [aDevice(0), aDevice(1)] });

    expect([lost.state, lost.gpus.map(({ id, state, freeBytes, totalBytes }) => [id, state, freeBytes, totalBytes])]).toEqual(['ok', [[uuidOf(0), 'ok', 23 * GIB, 24 * GIB], [uuidOf(1), 'lost', 0, 24 * GIB]]]);
    await waitFor(async () => (await workstation.read()).gpus.every(({ state }) => state === 'ok'));
  });
});
