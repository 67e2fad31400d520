/** One figure of a bench. A file in this folder exports one `async function bench…(): Promise<BenchRow[]>`. */
export interface BenchRow {
  readonly name: string;
  /** What was measured, in `unit`. */
  readonly measured: number;
  readonly unit: string;
  /** What it is compared with, measured in the same run; null where the figure stands alone. */
  readonly reference: number | null;
  /** `measured` over `reference`; null without a reference. */
  readonly ratio: number | null;
  /** The figure that was promised, such as `≤ 15 ms` or `≥ 0.7 of the reference`. */
  readonly limit: string;
  readonly holds: boolean;
  /** What is aimed at beyond the limit, where there is such a figure. */
  readonly goal?: { readonly text: string; readonly isReached: boolean };
  /** What the figure was made from, in words. */
  readonly detail?: string;
}

/** A row for a figure that stands alone and must not pass `atMost`. */
export function toBenchRow({ name, measured, unit, atMost }: { name: string; measured: number; unit: string; atMost: number }): BenchRow {
  return { name, measured, unit, reference: null, ratio: null, limit: `≤ ${atMost} ${unit}`, holds: measured <= atMost };
}

/** A row for a figure compared with a reference of the same run: at most or at least a share of it. */
export function toRatioRow(facts: { name: string; measured: number; reference: number; unit: string } & ({ atMost: number } | { atLeast: number })): BenchRow {
  const { name, measured, reference, unit } = facts;
  const ratio = measured / reference;
  const [limit, holds] = 'atMost' in facts ? [`≤ ${facts.atMost} of the reference`, ratio <= facts.atMost] : [`≥ ${facts.atLeast} of the reference`, ratio >= facts.atLeast];
  return { name, measured, unit, reference, ratio, limit, holds };
}
