import type { Gpu, GpuReading, GpuSource } from '#contract/gpus.ts';

/** What a probe found: a reading without its time. */
export type GpuFacts = Pick<GpuReading, 'state' | 'gpus'> & { readonly sources?: GpuSource[] };

/** Reads the workstation's GPUs. */
export interface GpuProbe {
  /**
   * One reading. `absent` where no driver is installed; a driver that does not answer in time gives `slow` and the last facts.
   * Timing: resolves within the probe's own deadline, whatever the driver does. Does not reject.
   */
  read(): Promise<GpuFacts>;
  /** Ends what the probe keeps running; resolves soon even if the driver hangs. A later `read` starts again. */
  stop?(): Promise<void>;
}

/** A device of which only what every driver knows is known. */
export function toBareGpu(known: Pick<Gpu, 'id' | 'index' | 'vendor' | 'name'>): Gpu {
  return {
    ...known, state: 'ok', pciBusId: null, totalBytes: 0, usedBytes: 0, freeBytes: null, isMemoryUnified: false, utilizationPercent: null,
    memoryUtilizationPercent: null, temperatureCelsius: null, temperatureLimitCelsius: null, powerWatts: null, powerLimitWatts: null,
    graphicsClockMhz: null, maxGraphicsClockMhz: null, memoryClockMhz: null, fanPercent: null, throttleReasons: null,
    isDisplayAttached: null, migMode: null, migInstances: [], driverVersion: null, cudaVersion: null, computeCapability: null, processes: null,
  };
}

/** The facts of a single source. */
export function toFacts(gpus: Gpu[], source: GpuSource): GpuFacts {
  if (source.state === 'slow') return { state: 'slow', gpus, sources: [source] };
  return { state: gpus.length === 0 ? 'absent' : 'ok', gpus, sources: [source] };
}
