import type { Instance } from '#contract/instances.ts';
import { isLive, rankStatus, toStatusKind } from '../statusView.ts';
import type { ColumnId, TableView } from './tableView.ts';

/** One line of the table, top to bottom. */
export type TableRow = GroupRow | { kind: 'instance'; key: string; groupKey: string };

export interface GroupRow {
  kind: 'group';
  key: string;
  /** Null for instances with neither a group nor a blueprint's category. */
  title: string | null;
  memberIds: readonly string[];
  /** Started, and alive in any way: what can be stopped. */
  runningCount: number;
  liveCount: number;
  isFolded: boolean;
}

type PlanView = Pick<TableView, 'sort' | 'folded'> & { filter: string };

/** The group an instance is listed under: the user's, else the blueprint's category. */
export function groupTitleOf({ group, category }: Pick<Instance, 'group' | 'category'>): string | null {
  const own = group?.trim() ?? '';
  if (own !== '') return own;
  return category === null || category.trim() === '' ? null : category.trim();
}

/**
 * Decides which lines the table has: filtered, grouped by title, sorted inside the groups.
 *
 * Shape: groups by title, the nameless one last; a folded group shows only its heading, but counts all its members; while
 * a filter is set nothing is folded, so that no match is hidden.
 */
export function planRows(instances: readonly Instance[], view: PlanView): TableRow[] {
  const matching = instances.filter((instance) => matchesFilter(instance, view.filter));
  const sorted = matching.toSorted(comparatorFor(view.sort));
  const folded = new Set(view.filter.trim() === '' ? view.folded : []);
  return groupsOf(sorted).flatMap(([title, members]) => linesOf(title, members, folded));
}

function groupsOf(sorted: readonly Instance[]): [string | null, Instance[]][] {
  const byTitle = Map.groupBy(sorted, groupTitleOf);
  return [...byTitle].toSorted(([left], [right]) => {
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
    return compareText(left, right);
  });
}

export function groupKeyOf(title: string | null): string {
  return title === null ? 'group' : `group:${title}`;
}

function linesOf(title: string | null, members: readonly Instance[], folded: ReadonlySet<string>): TableRow[] {
  const key = groupKeyOf(title);
  const heading: GroupRow = {
    kind: 'group',
    key,
    title,
    memberIds: members.map(({ id }) => id),
    runningCount: members.filter(({ status }) => status === 'started').length,
    liveCount: members.filter(({ status }) => isLive(status)).length,
    isFolded: folded.has(key),
  };
  if (heading.isFolded) return [heading];
  return [heading, ...members.map(({ id }) => ({ kind: 'instance' as const, key: id, groupKey: key }))];
}

/** Whether every word of the filter stands somewhere in what the row shows. */
export function matchesFilter(instance: Instance, filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return true;
  const text = [
    instance.name, instance.slug, toStatusKind(instance), instance.blueprintName ?? '', instance.blueprintId, instance.category ?? '',
    instance.group ?? '', instance.notes, instance.cause ?? '', instance.port === null ? '' : `:${String(instance.port)}`,
    instance.portSetting === 'auto' ? '' : `:${String(instance.portSetting)}`,
  ].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

type SortValue = string | number | null;

/** Sorted once a second the lines would jump under the hand: what a run takes gives only running before not running. */
const byRunning = ({ status }: Instance): SortValue => (status === 'started' ? 0 : null);

const sortValues: Record<ColumnId, (instance: Instance) => SortValue> = {
  name: ({ name }) => name,
  status: rankStatus,
  health: ({ health }) => ['failing', 'slow', 'ok', 'unknown'].indexOf(health),
  gpu: ({ gpuIds }) => gpuIds?.join(',') ?? null,
  port: ({ port, portSetting }) => port ?? (portSetting === 'auto' ? null : portSetting),
  uptime: ({ startedAtMs, statusSinceMs, status }) => (status === 'started' ? -(startedAtMs ?? statusSinceMs) : null),
  cpu: byRunning,
  ram: byRunning,
  vram: byRunning,
  blueprint: ({ blueprintName, blueprintId }) => blueprintName ?? blueprintId,
  autostart: ({ autostart }) => (autostart ? 0 : 1),
  launchArgs: ({ launchArgs }) => (launchArgs === '' ? null : launchArgs),
  group: ({ group }) => group,
  notes: ({ notes }) => (notes === '' ? null : notes),
  lastStarted: ({ startedAtMs }) => (startedAtMs === null ? null : -startedAtMs),
};

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

function compareText(left: string, right: string): number {
  return collator.compare(left, right);
}

/** Compares by the sorted column, empty values last either way, then by name and id, so that the order never flickers. */
function comparatorFor(sort: TableView['sort']): (left: Instance, right: Instance) => number {
  const byName = (left: Instance, right: Instance): number => compareText(left.name, right.name) || (left.id < right.id ? -1 : 1);
  if (sort === null) return byName;
  const valueOf = sortValues[sort.column];
  const direction = sort.isDescending ? -1 : 1;
  return (left, right) => compareValues(valueOf(left), valueOf(right), direction) || byName(left, right);
}

function compareValues(left: SortValue, right: SortValue, direction: number): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
  if (typeof left === 'number' && typeof right === 'number') return (left - right) * direction;
  return compareText(String(left), String(right)) * direction;
}

/** Whether two plans show the same lines, so that a live update of one row leaves the table as it is. */
export function areSameRows(left: readonly TableRow[], right: readonly TableRow[]): boolean {
  return left.length === right.length && left.every((row, index) => isSameRow(row, right[index]));
}

function isSameRow(left: TableRow, right: TableRow | undefined): boolean {
  if (right === undefined || left.kind !== right.kind || left.key !== right.key) return false;
  if (left.kind === 'instance' || right.kind === 'instance') return true;
  return left.isFolded === right.isFolded && left.runningCount === right.runningCount && left.liveCount === right.liveCount
    && left.memberIds.length === right.memberIds.length && left.memberIds.every((id, index) => id === right.memberIds[index]);
}
