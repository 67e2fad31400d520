import { columnOrderingFeature, columnSizingFeature, columnVisibilityFeature, createColumnHelper, rowSortingFeature, tableFeatures } from '@tanstack/react-table';
import type { Instance } from '#contract/instances.ts';
import type { EditField } from '../edit/editModel.ts';
import type { ColumnId } from './tableView.ts';

/** TanStack Table holds the columns: order, width, visibility and sort. The lines themselves are planned by `rowPlan.ts`. */
export const features = tableFeatures({ columnSizingFeature, columnVisibilityFeature, columnOrderingFeature, rowSortingFeature });

export interface ColumnFacts { isNumeric: boolean; field: EditField | null; size: number; minSize: number }

export const columnFacts: Record<ColumnId, ColumnFacts> = {
  name: { isNumeric: false, field: 'name', size: 220, minSize: 110 },
  status: { isNumeric: false, field: null, size: 260, minSize: 90 },
  health: { isNumeric: false, field: null, size: 96, minSize: 60 },
  gpu: { isNumeric: false, field: 'gpuIds', size: 84, minSize: 56 },
  port: { isNumeric: true, field: 'port', size: 68, minSize: 56 },
  uptime: { isNumeric: true, field: null, size: 88, minSize: 60 },
  cpu: { isNumeric: true, field: null, size: 68, minSize: 52 },
  ram: { isNumeric: true, field: null, size: 84, minSize: 60 },
  vram: { isNumeric: true, field: null, size: 84, minSize: 60 },
  blueprint: { isNumeric: false, field: null, size: 130, minSize: 70 },
  autostart: { isNumeric: false, field: 'autostart', size: 78, minSize: 60 },
  launchArgs: { isNumeric: false, field: 'launchArgs', size: 170, minSize: 80 },
  group: { isNumeric: false, field: 'group', size: 110, minSize: 70 },
  notes: { isNumeric: false, field: 'notes', size: 200, minSize: 80 },
  lastStarted: { isNumeric: true, field: null, size: 110, minSize: 70 },
};

const helper = createColumnHelper<typeof features, Instance>();

export const columns = helper.columns(
  (Object.entries(columnFacts) as [ColumnId, ColumnFacts][]).map(([id, { size, minSize }]) => helper.display({ id, size, minSize, enableHiding: id !== 'name' })),
);

/** The column that shows a field, for the editors' way by Tab. */
export function columnOfField(field: EditField): ColumnId {
  const found = (Object.entries(columnFacts) as [ColumnId, ColumnFacts][]).find(([, facts]) => facts.field === field);
  return found?.[0] ?? 'name';
}
