import { z } from 'zod';
import { call, stream } from './declare.ts';
import { gpuId } from './ids.ts';

/** One reading of one GPU; null where the driver says nothing. */
export const gpu = z.object({
  id: gpuId,
  index: z.int(),
  vendor: z.enum(['nvidia', 'amd', 'intel', 'apple']),
  name: z.string(),
  totalBytes: z.number(),
  usedBytes: z.number(),
  utilizationPercent: z.number().nullable(),
  temperatureCelsius: z.number().nullable(),
  powerWatts: z.number().nullable(),
  driverVersion: z.string().nullable(),
  cudaVersion: z.string().nullable(),
  computeCapability: z.string().nullable(),
});
export type Gpu = z.infer<typeof gpu>;

/** All GPUs at one moment. `absent`: no driver was found; `slow`: the driver did not answer in time and the last reading stands. */
export const gpuReading = z.object({ state: z.enum(['ok', 'absent', 'slow']), takenAtMs: z.number(), gpus: z.array(gpu) });
export type GpuReading = z.infer<typeof gpuReading>;

export const gpus = {
  list: call({ method: 'GET', path: '/gpus', summary: 'The last reading', input: z.object({}), output: gpuReading }),
  watch: stream({ path: '/gpus/watch', summary: 'Live readings, at most one a second', input: z.object({}), output: gpuReading }),
};
