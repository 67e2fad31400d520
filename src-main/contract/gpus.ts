import { z } from 'zod';
import { call, stream } from './declare.ts';
import { gpuId } from './ids.ts';

/** What holds a GPU's clocks down. Shape: the driver's own list; empty while nothing does; idle is not one of them. */
export const throttleReason = z.enum(['power', 'thermal', 'hardware', 'power-brake', 'sync-boost', 'application-clocks', 'display-clocks']);
export type ThrottleReason = z.infer<typeof throttleReason>;

/**
 * One process on one GPU, as the driver names it. Shape: `usedBytes` is null where the driver keeps it to itself (Windows,
 * another container); `migId` is the instance it runs on. A process may stand on several GPUs, and under two kinds.
 */
export const gpuProcess = z.object({
  pid: z.int(),
  usedBytes: z.number().nullable(),
  kind: z.enum(['compute', 'graphics', 'mps']),
  migId: gpuId.nullable(),
});
export type GpuProcess = z.infer<typeof gpuProcess>;

/** A MIG instance: a device of its own for whoever places work. Shape: `totalBytes` and `usedBytes` are 0 where they are unknown. */
export const migInstance = z.object({
  id: gpuId,
  name: z.string(),
  gpuInstanceId: z.int().nullable(),
  computeInstanceId: z.int().nullable(),
  totalBytes: z.number(),
  usedBytes: z.number(),
});
export type MigInstance = z.infer<typeof migInstance>;

/**
 * One reading of one GPU; null where the driver says nothing.
 *
 * Shape: `id` is the driver's UUID and the only identity: `index` (in PCI order) may differ after the next start. `lost`: the
 * device was there and no longer answers; its facts are the last ones. `freeBytes` is the driver's own figure, never negative,
 * never more than the total. `isMemoryUnified`: the memory is the machine's RAM. While `migMode` is on, work goes to the
 * instances only.
 */
export const gpu = z.object({
  id: gpuId,
  index: z.int(),
  vendor: z.enum(['nvidia', 'amd', 'intel', 'apple']),
  name: z.string(),
  state: z.enum(['ok', 'lost']),
  pciBusId: z.string().nullable(),
  totalBytes: z.number(),
  usedBytes: z.number(),
  freeBytes: z.number().nullable(),
  isMemoryUnified: z.boolean(),
  utilizationPercent: z.number().nullable(),
  memoryUtilizationPercent: z.number().nullable(),
  temperatureCelsius: z.number().nullable(),
  temperatureLimitCelsius: z.number().nullable(),
  powerWatts: z.number().nullable(),
  powerLimitWatts: z.number().nullable(),
  graphicsClockMhz: z.number().nullable(),
  maxGraphicsClockMhz: z.number().nullable(),
  memoryClockMhz: z.number().nullable(),
  fanPercent: z.number().nullable(),
  throttleReasons: z.array(throttleReason).nullable(),
  isDisplayAttached: z.boolean().nullable(),
  migMode: z.enum(['on', 'off']).nullable(),
  migInstances: z.array(migInstance),
  driverVersion: z.string().nullable(),
  cudaVersion: z.string().nullable(),
  computeCapability: z.string().nullable(),
  /** Null where this source cannot list them. */
  processes: z.array(gpuProcess).nullable(),
});
export type Gpu = z.infer<typeof gpu>;

/**
 * Where the facts of one vendor come from. `slow`: no answer in time, the last facts stand and are `ageMs` old. `failed`: the
 * driver is there and cannot be read; `reason` says why in the driver's words.
 */
export const gpuSource = z.object({
  vendor: z.enum(['nvidia', 'amd', 'intel', 'apple']),
  via: z.enum(['nvml', 'nvidia-smi', 'amd-smi', 'rocm-smi', 'sysfs', 'system-profiler']),
  state: z.enum(['ok', 'absent', 'slow', 'failed']),
  ageMs: z.number(),
  reason: z.string().nullable(),
});
export type GpuSource = z.infer<typeof gpuSource>;

/**
 * All GPUs at one moment. `absent`: no driver was found; `slow`: a driver did not answer in time and the last reading stands.
 * Shape: `sources` has one entry a vendor that was looked for, and is left out where nothing was asked.
 */
export const gpuReading = z.object({
  state: z.enum(['ok', 'absent', 'slow']),
  takenAtMs: z.number(),
  gpus: z.array(gpu),
  sources: z.array(gpuSource).optional(),
});
export type GpuReading = z.infer<typeof gpuReading>;

export const gpus = {
  list: call({ method: 'GET', path: '/gpus', summary: 'The last reading', input: z.object({}), output: gpuReading }),
  watch: stream({ path: '/gpus/watch', summary: 'Live readings, at most one a second', input: z.object({}), output: gpuReading }),
};
