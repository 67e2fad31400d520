import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src-main/base/clock.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import { createGpuProbe } from '../../src-main/platform/gpu/createGpuProbe.ts';
import { NvidiaSmiGpuProbe } from '../../src-main/platform/gpu/nvidiaSmiGpuProbe.ts';
import { waitFor } from '../support/waitFor.ts';

const MIB = 1024 ** 2;
const HELD_BYTES = 1024 * MIB;
const hasNvidia = existsSync('/dev/nvidiactl') || existsSync('/dev/dxg');
const probe = createGpuProbe({ clock: systemClock, log: silentLog, startTimeoutMs: 20_000, timeoutMs: 5_000 });
afterAll(() => probe.stop?.());

const smi = (...args: string[]): string => execFileSync('nvidia-smi', args, { encoding: 'utf8' });
/** For the note of whoever runs this. */
const show = (title: string, value: unknown): void => { process.stdout.write(`${title}: ${JSON.stringify(value, null, 1)}\n`); };

describe.skipIf(!hasNvidia)('a machine with an NVIDIA GPU (there is none where this is skipped)', () => {
  test('what NVML says agrees with nvidia-smi', async () => {
    const { state, gpus, sources } = await probe.read();
    const fields = 'uuid,index,name,memory.total,memory.used,driver_version,pci.bus_id,compute_cap';
    const lines = smi(`--query-gpu=${fields}`, '--format=csv,noheader,nounits').trim().split('\n').map((line) => line.split(',').map((cell) => cell.trim()));

    show('nvidia-smi', lines);
    show('gpu reading', { sources, gpus });

    expect([state, sources?.find(({ vendor }) => vendor === 'nvidia')?.via]).toEqual(['ok', 'nvml']);
    expect(gpus.map(({ id, index, name, totalBytes, driverVersion, pciBusId, computeCapability }) => [id, String(index), name, String(Math.floor(totalBytes / MIB)), driverVersion, pciBusId?.toUpperCase(), computeCapability]))
      .toEqual(lines.map(([uuid, index, name, total, , driver, bus, capability]) => [uuid, index, name, total, driver, bus?.toUpperCase(), capability]));
    for (const [at, gpu] of gpus.entries()) expect(Math.abs(gpu.usedBytes / MIB - Number(lines[at]?.[4]))).toBeLessThan(64);
  });

  test('nvidia-smi as the stand-in gives the same devices', async () => {
    const stand = new NvidiaSmiGpuProbe({ log: silentLog, timeoutMs: 20_000 });
    const [library, program] = [await probe.read(), await stand.read()];
    await stand.stop();

    expect(program.gpus.map(({ id, totalBytes, name, pciBusId }) => [id, Math.floor(totalBytes / MIB), name, pciBusId])).toEqual(library.gpus.map(({ id, totalBytes, name, pciBusId }) => [id, Math.floor(totalBytes / MIB), name, pciBusId]));
  });

  test('a process that takes a gibibyte is seen, and gives it back', async () => {
    const before = (await probe.read()).gpus[0]?.usedBytes ?? 0;
    const holder = spawn(process.execPath, [fileURLToPath(new URL('./cudaHolder.mjs', import.meta.url)), String(HELD_BYTES)], { stdio: ['pipe', 'pipe', 'inherit'] });

    const gpu = await waitFor(async () => { const [first] = (await probe.read()).gpus; return (first?.usedBytes ?? 0) - before >= HELD_BYTES ? first : null; }, { timeoutMs: 60_000 });
    show('while a gibibyte is held', { pid: holder.pid, processes: gpu.processes });
    holder.stdin.end();

    // In a container the driver may name the host's pids, or none.
    const listed = (gpu.processes ?? []).find(({ pid }) => pid === holder.pid);
    if (listed !== undefined) expect(listed.usedBytes).toBeGreaterThanOrEqual(HELD_BYTES);
    await waitFor(async () => ((await probe.read()).gpus[0]?.usedBytes ?? Number.NaN) - before < HELD_BYTES / 2, { timeoutMs: 60_000 });
  });

  test('a reading takes little time', async () => {
    const startedAtMs = performance.now();
    for (let n = 0; n < 50; n += 1) await probe.read();
    const eachMs = (performance.now() - startedAtMs) / 50;

    show('a reading takes, in ms', eachMs);
    expect(eachMs).toBeLessThan(200);
  });
});
