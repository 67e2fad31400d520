import { z } from 'zod';
import { stream } from './declare.ts';

/** CPU, memory and the disk of the data folder at one moment. */
export const workstationReading = z.object({
  takenAtMs: z.number(),
  cpuPercent: z.number(),
  coreCount: z.int(),
  memoryTotalBytes: z.number(),
  memoryUsedBytes: z.number(),
  diskTotalBytes: z.number().nullable(),
  diskFreeBytes: z.number().nullable(),
});
export type WorkstationReading = z.infer<typeof workstationReading>;

export const workstation = {
  watch: stream({ path: '/workstation/watch', summary: 'Live CPU, memory and disk, at most one a second', input: z.object({}), output: workstationReading }),
};
