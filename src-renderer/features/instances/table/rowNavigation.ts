import type { TableRow } from './rowPlan.ts';

/** Which row has the focus and which instances are selected; `anchorKey` is where a range began. */
export interface RowFocus {
  focusKey: string | null;
  anchorKey: string | null;
  selected: ReadonlySet<string>;
}

export const noFocus: RowFocus = { focusKey: null, anchorKey: null, selected: new Set() };

export type RowMove = 'up' | 'down' | 'pageUp' | 'pageDown' | 'first' | 'last';

/** Where the focus goes from a row. Stays inside the table; a row that has gone leaves the focus at the top. */
export function moveFocus(rows: readonly TableRow[], focus: RowFocus, { move, isExtending, pageSize }: { move: RowMove; isExtending: boolean; pageSize: number }): RowFocus {
  if (rows.length === 0) return noFocus;
  const index = rows.findIndex(({ key }) => key === focus.focusKey);
  const target = index === -1 ? 0 : targetOf(move, index, { last: rows.length - 1, pageSize });
  const row = rows[target];
  if (row === undefined) return focus;
  return isExtending ? extendTo(rows, focus, row.key) : focusOn(row);
}

function targetOf(move: RowMove, index: number, { last, pageSize }: { last: number; pageSize: number }): number {
  const steps: Record<RowMove, number> = { up: index - 1, down: index + 1, pageUp: index - pageSize, pageDown: index + pageSize, first: 0, last };
  return Math.min(last, Math.max(0, steps[move]));
}

/** The focus on one row, which becomes the whole selection. */
export function focusOn(row: TableRow): RowFocus {
  return { focusKey: row.key, anchorKey: row.key, selected: new Set(row.kind === 'instance' ? [row.key] : []) };
}

/** Selects every instance between the range's beginning and a row. */
export function extendTo(rows: readonly TableRow[], focus: RowFocus, key: string): RowFocus {
  const anchorKey = focus.anchorKey ?? key;
  const anchor = rows.findIndex((row) => row.key === anchorKey);
  const target = rows.findIndex((row) => row.key === key);
  const between = rows.slice(Math.min(anchor, target), Math.max(anchor, target) + 1);
  return { focusKey: key, anchorKey, selected: new Set(instanceKeys(between)) };
}

/** Adds one instance to the selection or takes it out. */
export function toggleSelected(focus: RowFocus, key: string): RowFocus {
  const selected = new Set(focus.selected);
  if (!selected.delete(key)) selected.add(key);
  return { focusKey: key, anchorKey: key, selected };
}

export function selectAll(rows: readonly TableRow[], focus: RowFocus): RowFocus {
  return { ...focus, selected: new Set(instanceKeys(rows)) };
}

/**
 * Repairs the focus after the rows changed: a row that has gone hands its focus to the one that took its place, and
 * only rows that still exist stay selected.
 */
export function repairFocus(before: readonly TableRow[], after: readonly TableRow[], focus: RowFocus): RowFocus {
  const keys = new Set(after.map(({ key }) => key));
  const isWhole = (focus.focusKey === null || keys.has(focus.focusKey)) && [...focus.selected].every((key) => keys.has(key));
  if (isWhole) return focus;
  const selected = new Set([...focus.selected].filter((key) => keys.has(key)));
  if (focus.focusKey === null || keys.has(focus.focusKey)) return { ...focus, selected };
  const place = before.findIndex(({ key }) => key === focus.focusKey);
  const next = after[Math.min(Math.max(0, place), after.length - 1)];
  return next === undefined ? noFocus : { ...focusOn(next), selected: selected.size > 0 ? selected : focusOn(next).selected };
}

function instanceKeys(rows: readonly TableRow[]): string[] {
  return rows.flatMap((row) => (row.kind === 'instance' ? [row.key] : []));
}
