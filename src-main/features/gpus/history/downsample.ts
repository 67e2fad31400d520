import { COLUMN_COUNT, ColumnMean } from './historyColumns.ts';
import type { VisitSample } from './sampleRing.ts';

/** The steps of a range: `count` of them, each `stepMs` long, the first beginning at `fromMs`. */
export interface Steps {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly count: number;
}

/** Lays a range out in at most so many steps, none shorter than what was measured. */
export function planSteps({ fromMs, toMs, points, leastMs }: { fromMs: number; toMs: number; points: number; leastMs: number }): Steps {
  const spanMs = Math.max(leastMs, toMs - fromMs);
  const stepMs = Math.max(leastMs, Math.ceil(spanMs / points / leastMs) * leastMs);
  const startMs = Math.floor(fromMs / stepMs) * stepMs;
  return { fromMs: startMs, stepMs, count: Math.min(points, Math.max(1, Math.ceil((toMs - startMs) / stepMs))) };
}

/**
 * Merges samples into steps, column by column; null where nothing was measured.
 *
 * A step without a sample takes the last one over if that is at most `holdMs` old, since samples come a little late now and
 * then; a longer silence stays a gap.
 */
export function downsample({ fromMs, stepMs, count }: Steps, holdMs: number, visitAll: (visit: VisitSample) => void): (number | null)[][] {
  const columns = Array.from({ length: COLUMN_COUNT }, () => new Array<number | null>(count).fill(null));
  const mean = new ColumnMean();
  let step = -1;
  let lastMs = Number.NEGATIVE_INFINITY;
  const write = (at: number): void => {
    for (const [column, values] of columns.entries()) values[at] = orNull(mean.read(column));
  };
  const holdUntil = (end: number): void => {
    for (let at = step + 1; at < end && fromMs + at * stepMs - lastMs <= holdMs; at += 1) write(at);
  };
  visitAll((atMs, values, at) => {
    const next = Math.floor((atMs - fromMs) / stepMs);
    if (next < 0 || next >= count) return;
    if (next !== step) {
      if (step >= 0) { write(step); holdUntil(next); }
      mean.clear();
      step = next;
    }
    mean.add(values, at);
    lastMs = atMs;
  });
  if (step >= 0) write(step);
  return columns;
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
