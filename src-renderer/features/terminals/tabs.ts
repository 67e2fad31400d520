import { z } from 'zod';
import type { Terminal } from '#contract/terminals.ts';

const tab = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('terminal'), terminalId: z.string(), runId: z.string().nullable(), instanceId: z.string().nullable() }),
  z.object({ kind: z.literal('log'), runId: z.string() }),
]);
/** A tab of the panel: a terminal, or the log of a run. */
export type Tab = z.infer<typeof tab>;

export const rememberedTabs = z.object({ tabs: z.array(tab), activeKey: z.string().nullable(), besideKey: z.string().nullable() });
/** The open tabs in order; `besideKey` is the one shown to the right of the active one. */
export interface Tabs {
  readonly tabs: readonly Tab[];
  readonly activeKey: string | null;
  readonly besideKey: string | null;
}

export const noTabs: Tabs = { tabs: [], activeKey: null, besideKey: null };

export function keyOfTab(of: Tab): string {
  return of.kind === 'terminal' ? `terminal:${of.terminalId}` : `log:${of.runId}`;
}

export function toTab({ id, runId, instanceId }: Pick<Terminal, 'id' | 'runId' | 'instanceId'>): Tab {
  return { kind: 'terminal', terminalId: id, runId, instanceId };
}

export function findTab({ tabs }: Tabs, key: string | null): Tab | undefined {
  return tabs.find((candidate) => keyOfTab(candidate) === key);
}

/** Shows a tab; a new one stands right of the active one. */
export function openTab(state: Tabs, opened: Tab): Tabs {
  const key = keyOfTab(opened);
  if (findTab(state, key) !== undefined) return activateTab(state, key);
  const at = state.tabs.findIndex((candidate) => keyOfTab(candidate) === state.activeKey) + 1 || state.tabs.length;
  return { ...state, tabs: state.tabs.toSpliced(at, 0, opened), activeKey: key };
}

/** Makes a tab the active one; the one beside it trades places when it is that one. */
export function activateTab(state: Tabs, key: string): Tabs {
  if (findTab(state, key) === undefined || key === state.activeKey) return state;
  return { ...state, activeKey: key, besideKey: key === state.besideKey ? state.activeKey : state.besideKey };
}

/** Takes a tab away; its right neighbour becomes active, else its left one. */
export function closeTab(state: Tabs, key: string): Tabs {
  const at = state.tabs.findIndex((candidate) => keyOfTab(candidate) === key);
  if (at < 0) return state;
  const tabs = state.tabs.toSpliced(at, 1);
  const besideKey = state.besideKey === key ? null : state.besideKey;
  if (state.activeKey !== key) return { tabs, activeKey: state.activeKey, besideKey };
  const neighbour = tabs[at] ?? tabs[at - 1];
  const activeKey = neighbour === undefined ? null : keyOfTab(neighbour);
  return { tabs, activeKey, besideKey: besideKey === activeKey ? null : besideKey };
}

/** The tab before or after the active one, around the end. */
export function stepTab(state: Tabs, direction: 'next' | 'previous'): Tabs {
  const at = state.tabs.findIndex((candidate) => keyOfTab(candidate) === state.activeKey);
  const next = state.tabs.at((at + (direction === 'next' ? 1 : -1)) % (state.tabs.length || 1));
  return next === undefined ? state : activateTab(state, keyOfTab(next));
}

/** Moves a tab one place; at the end it stays. */
export function moveTab(state: Tabs, key: string, direction: 'left' | 'right'): Tabs {
  const from = state.tabs.findIndex((candidate) => keyOfTab(candidate) === key);
  const to = from + (direction === 'right' ? 1 : -1);
  const moved = state.tabs[from];
  if (moved === undefined || to < 0 || to >= state.tabs.length) return state;
  return { ...state, tabs: state.tabs.toSpliced(from, 1).toSpliced(to, 0, moved) };
}

/** Shows a tab to the right of another one, or takes the right side away. */
export function placeBeside(state: Tabs, key: string | null): Tabs {
  if (key === null || key !== state.activeKey) return { ...state, besideKey: key };
  const other = state.tabs.find((candidate) => keyOfTab(candidate) !== key);
  return other === undefined ? state : { ...state, activeKey: keyOfTab(other), besideKey: key };
}

/**
 * Lets a finished run's tab go on with the next run of the same instance; one whose host died stays, since what it says is
 * seen nowhere else. The same object when nothing changes.
 */
export function followRuns(state: Tabs, terminals: Readonly<Record<string, Terminal>>): Tabs {
  return state.tabs.reduce((settled, old) => {
    const next = findNextRun(old, terminals);
    return next === null || findTab(settled, keyOfTab(next)) !== undefined ? settled : replaceTab(settled, keyOfTab(old), next);
  }, state);
}

/** Takes away the tabs of terminals that are no more: a run's tab shows its log, a shell's goes. The same object when nothing changes. */
export function dropMissing(state: Tabs, terminals: Readonly<Record<string, Terminal>>): Tabs {
  return state.tabs.reduce((settled, old) => {
    if (old.kind === 'log' || old.terminalId in terminals) return settled;
    const log: Tab | null = old.runId === null ? null : { kind: 'log', runId: old.runId };
    const isShown = log === null || findTab(settled, keyOfTab(log)) !== undefined;
    return isShown ? closeTab(settled, keyOfTab(old)) : replaceTab(settled, keyOfTab(old), log);
  }, state);
}

function findNextRun(old: Tab, terminals: Readonly<Record<string, Terminal>>): Tab | null {
  const terminal = old.kind === 'terminal' ? terminals[old.terminalId] : undefined;
  if (terminal?.kind !== 'run' || terminal.state !== 'exited' || terminal.instanceId === null) return null;
  const next = Object.values(terminals).find((candidate) => isLiveRunOf(candidate, terminal));
  return next === undefined ? null : toTab(next);
}

function isLiveRunOf(candidate: Terminal, before: Terminal): boolean {
  return candidate.kind === 'run' && candidate.state === 'live' && candidate.instanceId === before.instanceId && candidate.createdAtMs > before.createdAtMs;
}

function replaceTab(state: Tabs, key: string, by: Tab): Tabs {
  const rename = (other: string | null): string | null => (other === key ? keyOfTab(by) : other);
  return {
    tabs: state.tabs.map((candidate) => (keyOfTab(candidate) === key ? by : candidate)),
    activeKey: rename(state.activeKey),
    besideKey: rename(state.besideKey),
  };
}
