import { expect, test } from 'vitest';
import type { ProcessRow } from './processTable.ts';
import { planSignals, selectTree } from './processTree.ts';

const MARK = 'run_a';

function aRow(row: Partial<ProcessRow> & { pid: number }): ProcessRow {
  return { ppid: 1, pgid: row.pid, sid: row.pid, startToken: `t${row.pid}`, command: 'x', state: 'S', rssBytes: 0, cpuTicks: 0, ...row };
}

function select(rows: ProcessRow[], options: { marked?: number[]; startToken?: string; bootId?: string; mark?: string | null } = {}): Record<number, string> {
  const { marked = [], mark = MARK, ...identity } = options;
  const marks = new Map(marked.map((pid) => [pid, MARK]));
  const entries = selectTree({ rows, marks, bootId: 'boot', selfPid: 900, root: { rootPid: 100, mark, ...identity } });
  return Object.fromEntries(entries.map((entry) => [entry.pid, entry.how]));
}

test('group, session, children and marked processes belong to a proven root', () => {
  const rows = [
    aRow({ pid: 100 }), aRow({ pid: 101, ppid: 100, pgid: 100, sid: 100 }), aRow({ pid: 102, ppid: 1, pgid: 102, sid: 100 }),
    aRow({ pid: 103, ppid: 101 }), aRow({ pid: 104 }), aRow({ pid: 105, ppid: 104 }), aRow({ pid: 200 }), aRow({ pid: 900, ppid: 100 }),
  ];
  expect(select(rows, { startToken: 't100', marked: [104] }))
    .toEqual({ 100: 'group', 101: 'group', 102: 'session', 103: 'child', 104: 'mark', 105: 'child' });
});

test('a root pid that was given to another program proves nothing', () => {
  const rows = [aRow({ pid: 100, startToken: 'other' }), aRow({ pid: 101, ppid: 100, pgid: 100, sid: 100 }), aRow({ pid: 104 })];
  expect(select(rows, { startToken: 't100', marked: [104] })).toEqual({ 104: 'mark' });
});

test('after another boot only the mark counts', () => {
  expect(select([aRow({ pid: 100 })], { startToken: 't100', bootId: 'earlier' })).toEqual({});
});

test('the session of a dead root counts while a marked process is still in it', () => {
  const rows = [aRow({ pid: 101, pgid: 100, sid: 100 }), aRow({ pid: 102, pgid: 102, sid: 100 })];
  expect(select(rows, { startToken: 't100', marked: [101] })).toEqual({ 101: 'group', 102: 'session' });
  expect(select(rows, { startToken: 't100' })).toEqual({});
});

test('without a start token the root must carry the mark', () => {
  expect(select([aRow({ pid: 100 })])).toEqual({});
  expect(select([aRow({ pid: 100 })], { marked: [100] })).toEqual({ 100: 'group' });
});

test('a group is signalled as one only where every member is ours', () => {
  const rows = [aRow({ pid: 10, pgid: 10 }), aRow({ pid: 11, pgid: 10 }), aRow({ pid: 20, pgid: 20 }), aRow({ pid: 21, pgid: 20 })];
  const targets = rows.filter((row) => row.pid !== 21);
  expect(planSignals(targets, rows, 900)).toEqual({ groups: [{ pgid: 10, pids: [10, 11] }], pids: [20] });
});

test('init, pid 0 and ourselves are never planned', () => {
  const rows = [aRow({ pid: 1 }), aRow({ pid: 0 }), aRow({ pid: 900 }), aRow({ pid: 901, pgid: 900 })];
  expect(planSignals(rows, rows, 900)).toEqual({ groups: [], pids: [901] });
});
