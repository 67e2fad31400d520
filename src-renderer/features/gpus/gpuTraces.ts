import type { GpuHistoryRange } from '#contract/gpuHistory.ts';
import type { GpuReading } from '#contract/gpus.ts';

/** What is drawn of a device while it is measured. */
export const traceKeys = ['utilizationPercent', 'usedBytes', 'temperatureCelsius', 'powerWatts'] as const;
export type TraceKey = (typeof traceKeys)[number];

/** How far back a trace reaches. */
export const TRACE_MS = 5 * 60_000;
const CAPACITY = 320;

/** A point of a trace; `value` is null where the driver said nothing. */
export interface TracePoint { atMs: number; value: number | null }

/** The last five minutes of every device in rings of a fixed size; drawn on a canvas, never through React. */
export class GpuTraces {
  readonly #byId = new Map<string, GpuTrace>();
  #lastAtMs = 0;

  /** Takes one reading; the same one again, as from a driver that does not answer, changes nothing. */
  push({ takenAtMs, gpus }: Pick<GpuReading, 'takenAtMs' | 'gpus'>): void {
    if (takenAtMs === this.#lastAtMs) return;
    if (takenAtMs < this.#lastAtMs) this.#byId.clear();
    this.#lastAtMs = takenAtMs;
    for (const gpu of gpus) this.#traceOf(gpu.id).push(takenAtMs, gpu.state === 'lost' ? {} : gpu);
  }

  /** Takes what was measured before this window looked; nothing once there are readings. */
  fill({ atMs, series }: Pick<GpuHistoryRange, 'atMs' | 'series'>): void {
    if (this.#lastAtMs > 0) return;
    for (const one of series) {
      const trace = this.#traceOf(one.gpuId);
      for (const [index, at] of atMs.entries()) trace.push(at, { utilizationPercent: one.utilizationPercent[index], usedBytes: one.usedBytes[index], temperatureCelsius: one.temperatureCelsius[index], powerWatts: one.powerWatts[index] });
    }
  }

  /** The points of the last five minutes, oldest first; empty for a device that is not known. */
  read(gpuId: string, key: TraceKey): TracePoint[] {
    return this.#byId.get(gpuId)?.read(key, this.#lastAtMs - TRACE_MS) ?? [];
  }

  #traceOf(gpuId: string): GpuTrace {
    const known = this.#byId.get(gpuId);
    if (known !== undefined) return known;
    const trace = new GpuTrace();
    this.#byId.set(gpuId, trace);
    return trace;
  }
}

type Measured = { readonly [key in TraceKey]?: number | null | undefined };

class GpuTrace {
  readonly #atMs = new Float64Array(CAPACITY);
  readonly #values = new Map(traceKeys.map((key) => [key, new Float64Array(CAPACITY)]));
  #count = 0;

  push(atMs: number, measured: Measured): void {
    const slot = this.#count % CAPACITY;
    this.#atMs[slot] = atMs;
    for (const [key, values] of this.#values) values[slot] = measured[key] ?? NaN;
    this.#count += 1;
  }

  read(key: TraceKey, sinceMs: number): TracePoint[] {
    const points: TracePoint[] = [];
    for (let at = Math.max(0, this.#count - CAPACITY); at < this.#count; at += 1) {
      const slot = at % CAPACITY;
      const atMs = this.#atMs[slot] ?? 0;
      const value = this.#values.get(key)?.[slot] ?? NaN;
      if (atMs >= sinceMs) points.push({ atMs, value: Number.isNaN(value) ? null : value });
    }
    return points;
  }
}

/** Readings further apart than this are not joined. */
const GAP_MS = 12_000;

/** Stretches of measured points; a reading without a value, or none for a while, ends one. */
export function splitAtGaps(points: readonly TracePoint[]): { atMs: number; value: number }[][] {
  const stretches: { atMs: number; value: number }[][] = [];
  let joinsUntilMs = -Infinity;
  for (const { atMs, value } of points) {
    if (value === null) {
      joinsUntilMs = -Infinity;
      continue;
    }
    if (atMs > joinsUntilMs) stretches.push([]);
    stretches.at(-1)?.push({ atMs, value });
    joinsUntilMs = atMs + GAP_MS;
  }
  return stretches;
}
