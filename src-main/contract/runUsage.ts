import { z } from 'zod';
import { stream } from './declare.ts';
import { gpuId, runId } from './ids.ts';

/**
 * What one process of a run takes. Units: 100 % is one core. Shape: `cpuPercent` is null in the first reading; `vramBytes` is
 * null where no driver lists it, and the sum over its GPUs otherwise.
 */
export const processUsage = z.object({
  pid: z.int(),
  parentPid: z.int(),
  command: z.string(),
  cpuPercent: z.number().nullable(),
  residentBytes: z.number(),
  vramBytes: z.number().nullable(),
  gpuIds: z.array(gpuId),
});
export type ProcessUsage = z.infer<typeof processUsage>;

/** What a run takes with all its processes, parents before children. */
export const runUsage = z.object({
  runId,
  cpuPercent: z.number().nullable(),
  residentBytes: z.number(),
  vramBytes: z.number().nullable(),
  processes: z.array(processUsage),
});
export type RunUsage = z.infer<typeof runUsage>;

/** Every run that has living processes, at one moment. */
export const runUsageReading = z.object({ takenAtMs: z.number(), runs: z.array(runUsage) });
export type RunUsageReading = z.infer<typeof runUsageReading>;

export const runUsages = {
  watch: stream({ path: '/run-usages/watch', summary: 'What each live run takes, with its process tree, once a second', input: z.object({}), output: runUsageReading }),
};
