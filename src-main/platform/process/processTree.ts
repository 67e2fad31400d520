import type { ProcessRow, TreeEntry, TreeRoot } from './processTable.ts';

interface TreeFacts {
  readonly rows: readonly ProcessRow[];
  readonly marks: ReadonlyMap<number, string>;
  readonly root: TreeRoot;
  readonly bootId: string;
  readonly selfPid: number;
}

/**
 * Chooses the processes that are proven to belong to the root. Decides only.
 *
 * A number alone proves nothing: group and session of the root's pid count while the root itself is proven (start token and
 * boot id), or while a process with the mark is still in that session, which keeps the number from being given away.
 */
export function selectTree(facts: TreeFacts): TreeEntry[] {
  const { rows, root } = facts;
  const found = new Map<number, TreeEntry>();
  const add = (row: ProcessRow, how: TreeEntry['how']): void => {
    if (row.pid > 1 && row.pid !== facts.selfPid && !found.has(row.pid)) found.set(row.pid, { ...row, how });
  };

  if (isNumberOurs(facts)) {
    for (const row of rows) if (row.pgid === root.rootPid) add(row, 'group');
    for (const row of rows) if (row.sid === root.rootPid || row.pid === root.rootPid) add(row, 'session');
  }
  const marked = rows.filter((row) => root.mark !== null && facts.marks.get(row.pid) === root.mark);
  addChildren(rows, found, add);
  for (const row of marked) add(row, 'mark');
  addChildren(rows, found, add);
  return [...found.values()];
}

/** Whether the root's number still stands for our root, as a process or as its session. */
function isNumberOurs({ rows, marks, root, bootId, selfPid }: TreeFacts): boolean {
  if (root.rootPid <= 1 || root.rootPid === selfPid) return false;
  if (root.bootId !== undefined && root.bootId !== bootId) return false;
  const isMarked = (row: ProcessRow): boolean => root.mark !== null && marks.get(row.pid) === root.mark;
  const rootRow = rows.find((row) => row.pid === root.rootPid);
  if (rootRow === undefined) return rows.some((row) => row.sid === root.rootPid && isMarked(row));
  if (root.startToken !== undefined) return rootRow.startToken === root.startToken;
  return root.mark === null || isMarked(rootRow);
}

function addChildren(rows: readonly ProcessRow[], found: ReadonlyMap<number, TreeEntry>, add: (row: ProcessRow, how: 'child') => void): void {
  const children = Map.groupBy(rows, (row) => row.ppid);
  const queue = [...found.keys()];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    for (const child of children.get(pid) ?? []) {
      if (found.has(child.pid)) continue;
      add(child, 'child');
      if (found.has(child.pid)) queue.push(child.pid);
    }
  }
}

/** What to signal: whole groups by number, and single processes. */
export interface SignalPlan {
  readonly groups: readonly { pgid: number; pids: readonly number[] }[];
  readonly pids: readonly number[];
}

/** Groups the targets: a group is signalled as one only where every live member of it is a target. Decides only. */
export function planSignals(targets: readonly ProcessRow[], rows: readonly ProcessRow[], selfPid: number): SignalPlan {
  const ours = new Set(targets.map((row) => row.pid).filter((pid) => pid > 1 && pid !== selfPid));
  const groups: { pgid: number; pids: number[] }[] = [];
  const pids: number[] = [];
  for (const [pgid, members] of Map.groupBy(rows, (row) => row.pgid)) {
    const hit = members.map((row) => row.pid).filter((pid) => ours.has(pid));
    if (hit.length === 0) continue;
    if (pgid > 1 && pgid !== selfPid && hit.length === members.length) groups.push({ pgid, pids: hit });
    else pids.push(...hit);
  }
  return { groups, pids };
}
