import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Terminal, TerminalChange } from '#contract/terminals.ts';
import type { Client } from '../../client/client.ts';

/** The window's mirror of all terminals. `rung` holds those whose bell nobody has looked at yet. */
export interface TerminalState {
  isReady: boolean;
  host: Extract<TerminalChange, { kind: 'host' }>['host'];
  byId: Readonly<Record<string, Terminal>>;
  rung: Readonly<Record<string, true>>;
}
export type TerminalStore = StoreApi<TerminalState>;

export function createTerminalStore(): TerminalStore {
  return createStore<TerminalState>(() => ({ isReady: false, host: 'starting', byId: {}, rung: {} }));
}

export async function mirrorTerminals(store: TerminalStore, client: Client, signal: AbortSignal): Promise<void> {
  for await (const change of await client.terminals.watch({}, { signal })) {
    store.setState((state) => applyTerminalChange(state, change));
  }
}

/** The state after one change. A snapshot replaces all but the bells of what is still there. */
export function applyTerminalChange(state: TerminalState, change: TerminalChange): TerminalState {
  switch (change.kind) {
    case 'snapshot': {
      const byId = Object.fromEntries(change.terminals.map((terminal) => [terminal.id, terminal]));
      const rung = Object.fromEntries(Object.keys(state.rung).filter((id) => id in byId).map((id) => [id, true as const]));
      return { isReady: true, host: change.host, byId, rung };
    }
    case 'changed': return { ...state, byId: { ...state.byId, [change.terminal.id]: change.terminal } };
    case 'removed': return { ...state, byId: without(state.byId, change.terminalId), rung: without(state.rung, change.terminalId) };
    case 'bell': return { ...state, rung: { ...state.rung, [change.terminalId]: true } };
    case 'host': return { ...state, host: change.host };
  }
}

/** Takes the dot off a terminal: somebody looks at it. */
export function silenceBell(store: TerminalStore, terminalId: string): void {
  if (terminalId in store.getState().rung) store.setState(({ rung }) => ({ rung: without(rung, terminalId) }));
}

/** All terminals, oldest first. */
export function listTerminals({ byId }: TerminalState): Terminal[] {
  return Object.values(byId).toSorted((a, b) => a.createdAtMs - b.createdAtMs);
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([other]) => other !== key));
}
