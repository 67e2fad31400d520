import { z } from 'zod';
import type { GridTableProps } from '../ui/table/GridTable.tsx';
import { useView } from './views.ts';

const sortView = z.object({ columnId: z.string(), isDescending: z.boolean() }).nullable();
const foldedView = z.array(z.string());

type GridView = Required<Pick<GridTableProps<never>, 'sort' | 'onSort' | 'folded' | 'onToggleGroup'>>;

/** How a grouped table is sorted and folded, remembered under a name. */
export function useGridView(name: string): GridView {
  const [sort, setSort] = useView(`${name}.sort`, sortView, null);
  const [folded, setFolded] = useView(`${name}.folded`, foldedView, []);
  const toggle = (key: string): void => { setFolded(folded.includes(key) ? folded.filter((each) => each !== key) : [...folded, key]); };
  return { sort, onSort: setSort, folded, onToggleGroup: toggle };
}
