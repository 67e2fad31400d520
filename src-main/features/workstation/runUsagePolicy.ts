import type { Gpu } from '#contract/gpus.ts';
import { runId } from '#contract/ids.ts';
import type { ProcessUsage, RunUsage } from '#contract/runUsage.ts';
import { CPU_TICKS_PER_SECOND, type ProcessRow } from '../../platform/process/processTable.ts';

interface RunUsageFacts {
  /** The living processes of each run, by its mark. */
  readonly marked: ReadonlyMap<string, readonly ProcessRow[]>;
  /** CPU ticks at the last reading, by process. */
  readonly ticksBefore: ReadonlyMap<string, number>;
  readonly elapsedMs: number;
  readonly gpus: readonly Pick<Gpu, 'id' | 'processes'>[];
}

/** Tells a process from the next one with its number. */
export function toProcessKey({ pid, startToken }: Pick<ProcessRow, 'pid' | 'startToken'>): string {
  return `${pid}:${startToken}`;
}

/** Adds up what each run takes. Decides only. */
export function summariseRuns(facts: RunUsageFacts): RunUsage[] {
  return [...facts.marked].map(([mark, rows]) => {
    const processes = sortByTree(rows).map((row) => toUsage(row, facts));
    return {
      runId: runId.parse(mark), cpuPercent: addUp(processes.map(({ cpuPercent }) => cpuPercent)),
      residentBytes: processes.reduce((sum, { residentBytes }) => sum + residentBytes, 0), vramBytes: addUp(processes.map(({ vramBytes }) => vramBytes)), processes,
    };
  });
}

function toUsage(row: ProcessRow, { ticksBefore, elapsedMs, gpus }: RunUsageFacts): ProcessUsage {
  const before = ticksBefore.get(toProcessKey(row));
  const cpuPercent = before === undefined || elapsedMs <= 0 ? null : Math.max(0, ((row.cpuTicks - before) / CPU_TICKS_PER_SECOND / (elapsedMs / 1000)) * 100);
  // One process may stand on a GPU under two kinds with the same memory: the larger counts.
  const held = gpus.map(({ id, processes }) => ({ id, sizes: (processes ?? []).filter(({ pid }) => pid === row.pid).map(({ usedBytes }) => usedBytes) })).filter(({ sizes }) => sizes.length > 0);
  const vramBytes = addUp(held.map(({ sizes }) => (sizes.every((size) => size === null) ? null : Math.max(...sizes.map((size) => size ?? 0)))));
  return { pid: row.pid, parentPid: row.ppid, command: row.command, cpuPercent, residentBytes: row.rssBytes, vramBytes, gpuIds: held.map(({ id }) => id) };
}

/** The sum of what is known; null where nothing is. */
function addUp(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/** Parents before their children, brothers by number. */
function sortByTree(rows: readonly ProcessRow[]): ProcessRow[] {
  const pids = new Set(rows.map(({ pid }) => pid));
  const children = Map.groupBy(rows.toSorted((a, b) => a.pid - b.pid), ({ ppid }) => (pids.has(ppid) ? ppid : 0));
  const sorted: ProcessRow[] = [];
  const add = (row: ProcessRow): void => {
    sorted.push(row);
    for (const child of children.get(row.pid) ?? []) add(child);
  };
  for (const root of children.get(0) ?? []) add(root);
  return sorted;
}
