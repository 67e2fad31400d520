import { useMemo } from 'react';
import { listInstances, type InstanceState } from '../instanceStore.ts';
import { useInstances } from '../InstancesScope.tsx';
import { areSameRows, planRows, type TableRow } from './rowPlan.ts';
import type { TableView } from './tableView.ts';

/** The table's lines; the same array for as long as live updates leave them as they are. */
export function useRowPlan({ sort, folded }: TableView, filter: string): readonly TableRow[] {
  const select = useMemo(() => {
    let seen: InstanceState['byId'] | null = null;
    let rows: readonly TableRow[] = [];
    return (state: InstanceState): readonly TableRow[] => {
      if (state.byId === seen) return rows;
      seen = state.byId;
      const next = planRows(listInstances(state), { sort, folded, filter });
      if (!areSameRows(rows, next)) rows = next;
      return rows;
    };
  }, [sort, folded, filter]);
  return useInstances(select);
}
