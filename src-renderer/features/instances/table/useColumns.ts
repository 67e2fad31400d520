import { useTable, type ColumnSizingState, type Updater } from '@tanstack/react-table';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Instance } from '#contract/instances.ts';
import { useApp } from '../../../app/appContext.tsx';
import { columnFacts, columns, features } from './columns.ts';
import { columnId, columnIds, defaultTableView, type ColumnId, type TableView } from './tableView.ts';

const noRows: Instance[] = [];

export interface ShownColumn { id: ColumnId; widthPx: number; sort: 'ascending' | 'descending' | 'none' }

export interface Columns {
  shown: readonly ShownColumn[];
  /** Ids only: the same array as long as the columns are the same, whatever their widths. */
  shownIds: readonly ColumnId[];
  resize(id: ColumnId, widthPx: number): void;
  resetWidth(id: ColumnId): void;
  toggleSort(id: ColumnId): void;
  sortBy(id: ColumnId, isDescending: boolean): void;
  setShown(id: ColumnId, isShown: boolean): void;
  move(id: ColumnId, by: -1 | 1): void;
  reset(): void;
}

/** The table's columns as remembered, and every way to change them. */
export function useColumns(view: TableView, setView: (change: (view: TableView) => TableView) => void): Columns {
  const order = completeOrder(view.order);
  const hasGpus = useStore(useApp().stores.gpus, ({ reading }) => (reading?.gpus.length ?? 0) > 0);
  const table = useTable({
    features,
    columns,
    data: noRows,
    state: {
      columnOrder: order,
      columnSizing: view.widths,
      columnVisibility: { ...(hasGpus ? {} : { vram: false }), ...Object.fromEntries(view.hidden.map((id) => [id, false])) },
      sorting: view.sort === null ? [] : [{ id: view.sort.column, desc: view.sort.isDescending }],
    },
    manualSorting: true,
    onColumnSizingChange: (updater: Updater<ColumnSizingState>) => {
      setView((old) => ({ ...old, widths: apply(updater, old.widths as ColumnSizingState) }));
    },
  });
  const shown = table.getVisibleLeafColumns().map((column): ShownColumn => {
    const sorted = column.getIsSorted();
    return { id: columnId.parse(column.id), widthPx: column.getSize(), sort: sorted === false ? 'none' : sorted === 'desc' ? 'descending' : 'ascending' };
  });
  const idList = shown.map(({ id }) => id).join(' ');
  const shownIds = useMemo(() => idList.split(' ').map((id) => columnId.parse(id)), [idList]);
  return { shown, shownIds, ...changesOf(setView, order), resize: (id, widthPx) => { table.setColumnSizing((sizes) => ({ ...sizes, [id]: clampWidth(id, widthPx) })); } };
}

function changesOf(setView: (change: (view: TableView) => TableView) => void, order: readonly ColumnId[]): Omit<Columns, 'shown' | 'shownIds' | 'resize'> {
  return {
    resetWidth: (id) => { setView((old) => ({ ...old, widths: Object.fromEntries(Object.entries(old.widths).filter(([key]) => key !== id)) })); },
    toggleSort: (id) => { setView((old) => ({ ...old, sort: { column: id, isDescending: old.sort?.column === id && !old.sort.isDescending } })); },
    sortBy: (id, isDescending) => { setView((old) => ({ ...old, sort: { column: id, isDescending } })); },
    setShown: (id, isShown) => { setView((old) => ({ ...old, hidden: isShown ? old.hidden.filter((other) => other !== id) : [...new Set([...old.hidden, id])] })); },
    move: (id, by) => { setView((old) => ({ ...old, order: moved(order, old.hidden, { id, by }) })); },
    reset: () => { setView((old) => ({ ...defaultTableView, folded: old.folded })); },
  };
}

function apply<T>(updater: Updater<T>, old: T): T {
  return typeof updater === 'function' ? (updater as (old: T) => T)(old) : updater;
}

function clampWidth(id: ColumnId, widthPx: number): number {
  return Math.round(Math.min(1_200, Math.max(columnFacts[id].minSize, widthPx)));
}

/** The remembered order, with columns that came later at their default place; the name stays first. */
function completeOrder(remembered: readonly ColumnId[]): ColumnId[] {
  const known = remembered.filter((id) => id !== 'name');
  const added = columnIds.filter((id) => id !== 'name' && !known.includes(id));
  return ['name', ...known, ...added];
}

/** Moves a column past its next shown neighbour. */
function moved(order: readonly ColumnId[], hidden: readonly ColumnId[], { id, by }: { id: ColumnId; by: -1 | 1 }): ColumnId[] {
  const shown = order.filter((other) => !hidden.includes(other) || other === id);
  const neighbour = shown[shown.indexOf(id) + by];
  if (neighbour === undefined || neighbour === 'name') return [...order];
  const without = order.filter((other) => other !== id);
  without.splice(without.indexOf(neighbour) + (by === 1 ? 1 : 0), 0, id);
  return without;
}
