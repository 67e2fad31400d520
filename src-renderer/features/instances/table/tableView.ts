import { z } from 'zod';

export const columnIds = ['name', 'status', 'health', 'gpu', 'port', 'uptime', 'cpu', 'ram', 'vram', 'blueprint', 'autostart', 'launchArgs', 'group', 'notes', 'lastStarted'] as const;
export const columnId = z.enum(columnIds);
export type ColumnId = z.infer<typeof columnId>;

/** What is remembered of the table: sort, widths, hidden columns, their order and folded groups. */
export const tableView = z.object({
  sort: z.object({ column: columnId, isDescending: z.boolean() }).nullable(),
  widths: z.partialRecord(columnId, z.number().min(40).max(1_200)),
  hidden: z.array(columnId),
  order: z.array(columnId),
  folded: z.array(z.string().max(200)).max(2_000),
});
export type TableView = z.infer<typeof tableView>;

export const defaultTableView: TableView = {
  sort: { column: 'name', isDescending: false },
  widths: {},
  hidden: ['group', 'launchArgs', 'lastStarted'],
  order: [...columnIds],
  folded: [],
};
