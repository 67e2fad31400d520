import { z } from 'zod';
import { call } from './declare.ts';
import { gpuId } from './ids.ts';

const values = z.array(z.number().nullable());

/** One device's course over a range; null where nothing was measured. */
export const gpuSeries = z.object({
  gpuId,
  name: z.string(),
  usedBytes: values,
  usedPeakBytes: values,
  utilizationPercent: values,
  temperatureCelsius: values,
  powerWatts: values,
  /** How much of the time the device ran slower than it could. */
  throttledPercent: values,
});
export type GpuSeries = z.infer<typeof gpuSeries>;

/** Courses over one range, on one time axis. `atMs` are the beginnings of steps of `stepMs`; a gap in the readings stays a gap. */
export const gpuHistoryRange = z.object({ stepMs: z.number(), atMs: z.array(z.number()), series: z.array(gpuSeries) });
export type GpuHistoryRange = z.infer<typeof gpuHistoryRange>;

export const gpuHistory = {
  query: call({
    method: 'GET', path: '/gpus/history', summary: 'Readings of a range, downsampled',
    input: z.object({ gpuId: gpuId.optional(), fromMs: z.coerce.number(), toMs: z.coerce.number(), points: z.coerce.number().int().min(2).max(1_000).default(600) }),
    output: gpuHistoryRange,
  }),
};
