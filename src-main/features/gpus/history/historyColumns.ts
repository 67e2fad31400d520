import type { Gpu } from '#contract/gpus.ts';

/** What is kept of a reading, in this order. A null is kept as NaN. */
export const HISTORY_COLUMNS = ['usedBytes', 'usedPeakBytes', 'utilizationPercent', 'temperatureCelsius', 'powerWatts', 'throttledPercent'] as const;
export type HistoryColumn = (typeof HISTORY_COLUMNS)[number];

export const COLUMN_COUNT = HISTORY_COLUMNS.length;

/** How several readings become one: the most for peaks, the mean for the rest. */
export const COLUMN_MERGE: Readonly<Record<HistoryColumn, 'mean' | 'max'>> = {
  usedBytes: 'mean', usedPeakBytes: 'max', utilizationPercent: 'mean', temperatureCelsius: 'max', powerWatts: 'mean', throttledPercent: 'mean',
};

/** One reading of one device as figures; NaN where the driver says nothing. */
export function toColumns({ usedBytes, utilizationPercent, temperatureCelsius, powerWatts, throttleReasons }: Gpu): number[] {
  const throttled = throttleReasons === null ? null : throttleReasons.some((reason) => HELD_BACK.has(reason)) ? 100 : 0;
  return [usedBytes, usedBytes, utilizationPercent, temperatureCelsius, powerWatts, throttled].map((value) => value ?? Number.NaN);
}

/** A device that runs at the clocks its user set is not held back. */
const HELD_BACK: ReadonlySet<string> = new Set(['power', 'thermal', 'hardware', 'power-brake']);

/** Collects readings into one. Holds sums and counts of what is there; what is not there does not count. */
export class ColumnMean {
  readonly #sums = new Float64Array(COLUMN_COUNT);
  readonly #counts = new Uint32Array(COLUMN_COUNT);

  get isEmpty(): boolean {
    return this.#counts.every((count) => count === 0);
  }

  add(values: ArrayLike<number>, at = 0): void {
    for (let column = 0; column < COLUMN_COUNT; column += 1) {
      const value = values[at + column] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      const count = this.#counts[column] ?? 0;
      this.#sums[column] = this.#merge(column, count, value);
      this.#counts[column] = count + 1;
    }
  }

  /** The merged figure of a column; NaN where there was none. */
  read(column: number): number {
    const count = this.#counts[column] ?? 0;
    if (count === 0) return Number.NaN;
    return IS_MAX[column] === true ? this.#sums[column] ?? 0 : (this.#sums[column] ?? 0) / count;
  }

  #merge(column: number, count: number, value: number): number {
    const before = this.#sums[column] ?? 0;
    if (IS_MAX[column] !== true) return before + value;
    return count === 0 ? value : Math.max(before, value);
  }

  clear(): void {
    this.#sums.fill(0);
    this.#counts.fill(0);
  }
}

const IS_MAX: readonly boolean[] = HISTORY_COLUMNS.map((column) => COLUMN_MERGE[column] === 'max');
