/** What a column sorts by; null goes last in both directions. */
export type SortValue = string | number | null;
export type GridSort = { columnId: string; isDescending: boolean };
export interface GridGroup<R> { key: string; title: string; note?: string; rows: readonly R[] }

export type GridLine<R> =
  | { kind: 'group'; key: string; title: string; note: string | undefined; count: number; isFolded: boolean }
  | { kind: 'row'; key: string; row: R };

interface Plan<R> { groups: readonly GridGroup<R>[]; folded: readonly string[]; keyOf: (row: R) => string; sortBy: ((row: R) => SortValue) | null; isDescending: boolean }

/** The lines of a grouped table in their order: a heading per group with a title, then its rows, sorted, unless it is folded. */
export function toGridLines<R>({ groups, folded, keyOf, sortBy, isDescending }: Plan<R>): GridLine<R>[] {
  return groups.flatMap(({ key, title, note, rows }) => {
    const isFolded = folded.includes(key);
    const heading: GridLine<R>[] = title === '' ? [] : [{ kind: 'group', key: `group:${key}`, title, note, count: rows.length, isFolded }];
    if (isFolded) return heading;
    const sorted = sortBy === null ? rows : rows.toSorted((left, right) => compare(sortBy(left), sortBy(right), isDescending));
    return [...heading, ...sorted.map((row): GridLine<R> => ({ kind: 'row', key: keyOf(row), row }))];
  });
}

function compare(left: SortValue, right: SortValue, isDescending: boolean): number {
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  const order = typeof left === 'number' && typeof right === 'number' ? left - right : String(left).localeCompare(String(right), 'en', { numeric: true, sensitivity: 'base' });
  return isDescending ? -order : order;
}

/** The line that a key leads to from where the focus is; null for other keys. */
export function moveFocus(key: string, at: number, count: number, pageSize: number): number | null {
  const last = count - 1;
  const targets: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last, PageDown: at + pageSize, PageUp: at - pageSize };
  const target = targets[key];
  return target === undefined || count === 0 ? null : Math.min(last, Math.max(0, target));
}
