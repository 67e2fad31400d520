import type { BenchRow } from '../../benchRow.ts';

interface Bar {
  readonly name: string;
  readonly measured: number;
  readonly unit: string;
  /** Whether less is better. */
  readonly sense: '≤' | '≥';
  readonly must: number;
  /** Null where the bar has none. */
  readonly goal: number | null;
  readonly detail: string;
  /** What else has to be true. */
  readonly holds?: boolean;
}

/** A row for one bar of the serving rules: what must be, what is aimed at, what was measured. */
export function toBarRow({ name, measured, unit, sense, must, goal, detail, holds = true }: Bar): BenchRow {
  const meets = (limit: number): boolean => holds && (sense === '≤' ? measured <= limit : measured >= limit);
  return {
    name, measured, unit, reference: null, ratio: null, limit: `${sense} ${must} ${unit}`, holds: meets(must), detail,
    ...(goal !== null && { goal: { text: `${sense} ${goal} ${unit}`, isReached: meets(goal) } }),
  };
}
