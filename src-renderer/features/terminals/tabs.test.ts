import { describe, expect, test } from 'vitest';
import { instanceId, runId, terminalId } from '#contract/ids.ts';
import type { Terminal } from '#contract/terminals.ts';
import { activateTab, closeTab, dropMissing, followRuns, keyOfTab, moveTab, noTabs, openTab, placeBeside, stepTab, toTab } from './tabs.ts';
import type { Tabs } from './tabs.ts';

function aTerminal(facts: { id: string } & Partial<Omit<Terminal, 'id'>>): Terminal {
  return {
    kind: 'shell', title: facts.id, instanceId: null, runId: null, state: 'live', pid: 1, exitCode: null, signal: null, createdAtMs: 0, logError: null,
    ...facts, id: terminalId.parse(facts.id),
  };
}

const aRunOf = (id: string, state: Terminal['state'], createdAtMs: number): Terminal =>
  aTerminal({ id, kind: 'run', instanceId: instanceId.parse('ins_1'), runId: runId.parse(`run_${id}`), state, createdAtMs });

const openAll = (...ids: string[]): Tabs => ids.reduce((state, id) => openTab(state, toTab(aTerminal({ id }))), noTabs);
const keys = (state: Tabs): string[] => state.tabs.map(keyOfTab);
const byId = (...terminals: Terminal[]): Record<string, Terminal> => Object.fromEntries(terminals.map((terminal) => [terminal.id, terminal]));

describe('tabs of the panel', () => {
  test('a new tab stands right of the active one and is shown', () => {
    const state = openTab(activateTab(openAll('a', 'b'), 'terminal:a'), { kind: 'log', runId: 'r' });
    expect(keys(state)).toEqual(['terminal:a', 'log:r', 'terminal:b']);
    expect(state.activeKey).toBe('log:r');
  });

  test('opening what is open shows it and adds nothing', () => {
    const state = openTab(openAll('a', 'b'), toTab(aTerminal({ id: 'a' })));
    expect(keys(state)).toEqual(['terminal:a', 'terminal:b']);
    expect(state.activeKey).toBe('terminal:a');
  });

  test.each([['a', 'terminal:b'], ['b', 'terminal:c'], ['c', 'terminal:b']])('closing the active tab %s shows its neighbour %s', (id, expected) => {
    expect(closeTab(activateTab(openAll('a', 'b', 'c'), `terminal:${id}`), `terminal:${id}`).activeKey).toBe(expected);
  });

  test('closing the last tab leaves nothing', () => {
    expect(closeTab(openAll('a'), 'terminal:a')).toEqual(noTabs);
  });

  test('steps go around the ends', () => {
    const state = openAll('a', 'b');
    expect(stepTab(state, 'next').activeKey).toBe('terminal:a');
    expect(stepTab(stepTab(state, 'next'), 'previous').activeKey).toBe('terminal:b');
    expect(stepTab(noTabs, 'next')).toEqual(noTabs);
  });

  test('a tab moves one place and stays at the end', () => {
    expect(keys(moveTab(openAll('a', 'b'), 'terminal:b', 'left'))).toEqual(['terminal:b', 'terminal:a']);
    expect(keys(moveTab(openAll('a', 'b'), 'terminal:b', 'right'))).toEqual(['terminal:a', 'terminal:b']);
  });

  test('the tab beside and the active one are never the same', () => {
    const beside = placeBeside(openAll('a', 'b'), 'terminal:b');
    expect(beside).toMatchObject({ activeKey: 'terminal:a', besideKey: 'terminal:b' });
    expect(activateTab(beside, 'terminal:b')).toMatchObject({ activeKey: 'terminal:b', besideKey: 'terminal:a' });
    expect(closeTab(beside, 'terminal:a')).toMatchObject({ activeKey: 'terminal:b', besideKey: null });
  });

  test("a finished run's tab goes on with the next run of its instance", () => {
    const [ended, next] = [aRunOf('old', 'exited', 1), aRunOf('new', 'live', 2)];
    expect(followRuns(openTab(noTabs, toTab(ended)), byId(ended, next))).toEqual(openTab(noTabs, toTab(next)));
  });

  test('a running one stays although another run of its instance begins', () => {
    const [running, next] = [aRunOf('old', 'live', 1), aRunOf('new', 'live', 2)];
    const state = openTab(noTabs, toTab(running));
    expect(followRuns(state, byId(running, next))).toBe(state);
  });

  test('one whose terminal host died stays to be read', () => {
    const [gone, next] = [aRunOf('old', 'gone', 1), aRunOf('new', 'live', 2)];
    const state = openTab(noTabs, toTab(gone));
    expect(followRuns(state, byId(gone, next))).toBe(state);
  });

  test('where a terminal is no more, a run leaves its log and a shell nothing', () => {
    const state = openTab(openAll('shell'), toTab(aRunOf('old', 'exited', 1)));
    expect(keys(dropMissing(state, {}))).toEqual(['log:run_old']);
  });
});
