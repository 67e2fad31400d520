import { gpu, gpuProcess } from '#contract/gpus.ts';
import type { Gpu, GpuProcess } from '#contract/gpus.ts';
import { gpuId } from '#contract/ids.ts';
import type { GpuId } from '#contract/ids.ts';

export const GIB = 1024 ** 3;

export const idOf = (n: number): GpuId => gpuId.parse(`GPU-${n}`);

/** A 24 GiB card for tests, on which nothing runs, with whatever matters to the test set. */
export function aGpu(facts: Partial<Gpu> = {}): Gpu {
  return gpu.parse({
    id: idOf(0), index: 0, vendor: 'nvidia', name: 'Fake RTX 4090', state: 'ok', pciBusId: null, totalBytes: 24 * GIB, usedBytes: 0, freeBytes: null, isMemoryUnified: false,
    utilizationPercent: null, memoryUtilizationPercent: null, temperatureCelsius: null, temperatureLimitCelsius: null, powerWatts: null, powerLimitWatts: null,
    graphicsClockMhz: null, maxGraphicsClockMhz: null, memoryClockMhz: null, fanPercent: null, throttleReasons: null, isDisplayAttached: null, migMode: null, migInstances: [],
    driverVersion: null, cudaVersion: null, computeCapability: null, processes: [], ...facts,
  });
}

export function aProcess(facts: Partial<GpuProcess> = {}): GpuProcess {
  return gpuProcess.parse({ pid: 4711, usedBytes: GIB, kind: 'compute', migId: null, ...facts });
}
