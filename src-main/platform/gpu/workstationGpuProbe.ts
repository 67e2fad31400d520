import type { Gpu } from '#contract/gpus.ts';
import type { GpuFacts, GpuProbe } from './gpuProbe.ts';

/** Puts the vendors' probes together, and keeps a device that was there and is no longer named as `lost`. */
export class WorkstationGpuProbe implements GpuProbe {
  readonly #probes: readonly GpuProbe[];
  #known: readonly Gpu[] = [];

  constructor(probes: readonly GpuProbe[]) {
    this.#probes = probes;
  }

  async read(): Promise<GpuFacts> {
    const all = await Promise.all(this.#probes.map((probe) => probe.read()));
    const sources = all.flatMap((facts) => facts.sources ?? []);
    const gpus = keepLost(this.#known, all.flatMap((facts) => facts.gpus));
    this.#known = gpus;
    const isSlow = all.some(({ state }) => state === 'slow');
    return { state: isSlow ? 'slow' : gpus.length === 0 ? 'absent' : 'ok', gpus, sources };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#probes.map(async (probe) => { await probe.stop?.(); }));
  }
}

/** The devices of now, then those of before that are missing: lost, with what is known of them and nothing that changes. Decides only. */
export function keepLost(before: readonly Gpu[], now: readonly Gpu[]): Gpu[] {
  const lost = before.filter(({ id }) => now.every((gpu) => gpu.id !== id)).map((gpu): Gpu => ({
    ...gpu, state: 'lost', usedBytes: 0, freeBytes: 0, utilizationPercent: null, memoryUtilizationPercent: null, temperatureCelsius: null, powerWatts: null,
    graphicsClockMhz: null, memoryClockMhz: null, fanPercent: null, throttleReasons: null, processes: [],
  }));
  return [...now, ...lost];
}
