import { z } from 'zod';
import { stream } from './declare.ts';

/** The disk that a folder of Wheelhouse's lies on. */
export const diskReading = z.object({ folder: z.string(), totalBytes: z.number(), freeBytes: z.number() });
export type DiskReading = z.infer<typeof diskReading>;

/** What a network interface carries now. */
export const networkReading = z.object({ name: z.string(), receivedBytesPerSecond: z.number(), sentBytesPerSecond: z.number() });
export type NetworkReading = z.infer<typeof networkReading>;

/** CPU, memory, disks and network at one moment. Shape: what is optional is left out where the platform does not say. */
export const workstationReading = z.object({
  takenAtMs: z.number(),
  cpuPercent: z.number(),
  coreCount: z.int(),
  memoryTotalBytes: z.number(),
  memoryUsedBytes: z.number(),
  diskTotalBytes: z.number().nullable(),
  diskFreeBytes: z.number().nullable(),
  corePercents: z.array(z.number()).optional(),
  swapTotalBytes: z.number().optional(),
  swapUsedBytes: z.number().optional(),
  /** One entry a disk, though several folders may lie on it. */
  disks: z.array(diskReading).optional(),
  networks: z.array(networkReading).optional(),
});
export type WorkstationReading = z.infer<typeof workstationReading>;

export const workstation = {
  watch: stream({ path: '/workstation/watch', summary: 'Live CPU, memory and disk, at most one a second', input: z.object({}), output: workstationReading }),
};
