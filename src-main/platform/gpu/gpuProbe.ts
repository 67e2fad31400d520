import type { GpuReading } from '#contract/gpus.ts';

/** Reads the workstation's GPUs. */
export interface GpuProbe {
  /**
   * One reading. `absent` where no driver is installed; a driver that does not answer in time gives `slow`.
   * Timing: resolves within the probe's own deadline, whatever the driver does. Does not reject.
   */
  read(): Promise<Pick<GpuReading, 'state' | 'gpus'>>;
}
