import type { Gpu, GpuReading } from '#contract/gpus.ts';
import type { DiskReading, WorkstationReading } from '#contract/workstation.ts';
import type { AlertRule } from './alertPolicy.ts';

/** What a user may set of the rules. */
export interface AlertLimits {
  readonly temperatureCelsius: number;
  readonly vramPercent: number;
  readonly throttleSeconds: number;
  readonly diskFreePercent: number;
  readonly memoryPercent: number;
}

export type WatchedKind = Exclude<AlertRule['kind'], 'out_of_memory'>;

/** The rules by their kind. Each clears some way below where it is raised, and not at once. */
export function createRules({ temperatureCelsius, vramPercent, throttleSeconds, diskFreePercent, memoryPercent }: AlertLimits): Readonly<Record<WatchedKind, AlertRule>> {
  return {
    gpu_temperature: { kind: 'gpu_temperature', direction: 'above', raiseAt: temperatureCelsius, clearAt: temperatureCelsius - 5, raiseAfterMs: 30_000, clearAfterMs: 30_000 },
    vram_nearly_full: { kind: 'vram_nearly_full', direction: 'above', raiseAt: vramPercent, clearAt: vramPercent - 5, raiseAfterMs: 10_000, clearAfterMs: 30_000 },
    power_throttling: { kind: 'power_throttling', direction: 'above', raiseAt: 1, clearAt: 0, raiseAfterMs: throttleSeconds * 1_000, clearAfterMs: 60_000 },
    gpu_lost: { kind: 'gpu_lost', direction: 'above', raiseAt: 1, clearAt: 0, raiseAfterMs: 0, clearAfterMs: 10_000 },
    disk_nearly_full: { kind: 'disk_nearly_full', direction: 'below', raiseAt: diskFreePercent, clearAt: diskFreePercent + 2, raiseAfterMs: 10_000, clearAfterMs: 30_000 },
    ram_pressure: { kind: 'ram_pressure', direction: 'above', raiseAt: memoryPercent, clearAt: memoryPercent - 5, raiseAfterMs: 20_000, clearAfterMs: 30_000 },
  };
}

/** One figure that a rule looks at. */
export interface Observation {
  readonly kind: WatchedKind;
  readonly subjectId: string;
  readonly subjectName: string;
  readonly value: number | null;
}

/** The figures of every GPU; those of `known` that the reading leaves out are lost. */
export function observeGpus({ state, gpus }: GpuReading, known: ReadonlyMap<string, string>): Observation[] {
  if (state === 'slow') return [];
  const there = new Set<string>(gpus.map(({ id }) => id));
  const gone = [...known].filter(([id]) => !there.has(id)).map(([subjectId, subjectName]): Observation => ({ kind: 'gpu_lost', subjectId, subjectName, value: 1 }));
  return [...gone, ...gpus.flatMap(observeGpu)];
}

function observeGpu(gpu: Gpu): Observation[] {
  const subject = { subjectId: gpu.id, subjectName: `GPU ${gpu.index} (${gpu.name})` };
  if (gpu.state === 'lost') return [{ ...subject, kind: 'gpu_lost', value: 1 }];
  const fullPercent = gpu.totalBytes > 0 && !gpu.isMemoryUnified && gpu.usedBytes <= gpu.totalBytes ? (gpu.usedBytes / gpu.totalBytes) * 100 : null;
  const isHeldBack = gpu.throttleReasons === null ? null : Number(gpu.throttleReasons.some((reason) => reason === 'power' || reason === 'power-brake'));
  // A card that works as hard as its limit lets it is capped by power all the time: only a brake or a real loss of clock counts.
  const isBraked = gpu.throttleReasons?.includes('power-brake') === true || isSlowed(gpu);
  return [
    { ...subject, kind: 'gpu_lost', value: 0 },
    { ...subject, kind: 'gpu_temperature', value: gpu.temperatureCelsius },
    { ...subject, kind: 'vram_nearly_full', value: fullPercent },
    { ...subject, kind: 'power_throttling', value: isHeldBack === null ? null : isHeldBack * Number(isBraked) },
  ];
}

const SLOWED_SHARE = 0.7;

function isSlowed({ graphicsClockMhz, maxGraphicsClockMhz }: Gpu): boolean {
  return graphicsClockMhz === null || maxGraphicsClockMhz === null || graphicsClockMhz < maxGraphicsClockMhz * SLOWED_SHARE;
}

/** The figures of the machine, and of each disk that Wheelhouse writes to. */
export function observeWorkstation(reading: WorkstationReading): Observation[] {
  const { memoryTotalBytes, memoryUsedBytes } = reading;
  const disks = listDisks(reading).map(({ folder, freeBytes, totalBytes }): Observation => ({ kind: 'disk_nearly_full', subjectId: folder, subjectName: folder, value: toPercent(freeBytes, totalBytes) }));
  return [{ kind: 'ram_pressure', subjectId: 'memory', subjectName: 'Memory', value: toPercent(memoryUsedBytes, memoryTotalBytes) }, ...disks];
}

function listDisks({ disks, diskTotalBytes, diskFreeBytes }: WorkstationReading): readonly DiskReading[] {
  if (disks !== undefined) return disks;
  return diskTotalBytes === null || diskFreeBytes === null ? [] : [{ folder: 'Data folder', totalBytes: diskTotalBytes, freeBytes: diskFreeBytes }];
}

function toPercent(part: number, whole: number): number | null {
  return whole > 0 ? (part / whole) * 100 : null;
}
