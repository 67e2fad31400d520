import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Run } from '#contract/runs.ts';
import type { Client } from '../../client/client.ts';

/** The window's mirror of the live runs and the last hundred. */
export interface RunState {
  isReady: boolean;
  byId: Readonly<Record<string, Run>>;
}
export type RunStore = StoreApi<RunState>;

export function createRunStore(): RunStore {
  return createStore<RunState>(() => ({ isReady: false, byId: {} }));
}

export async function mirrorRuns(store: RunStore, client: Client, signal: AbortSignal): Promise<void> {
  for await (const change of await client.runs.watch({}, { signal })) {
    if (change.kind === 'snapshot') store.setState({ isReady: true, byId: Object.fromEntries(change.runs.map((run) => [run.id, run])) });
    else store.setState(({ byId }) => ({ byId: { ...byId, [change.run.id]: change.run } }));
  }
}

/** All known runs, newest first; of one instance when it is given. */
export function listRuns({ byId }: RunState, instanceId: string | null = null): Run[] {
  return Object.values(byId).filter((run) => instanceId === null || run.instanceId === instanceId).toSorted((a, b) => b.createdAtMs - a.createdAtMs);
}
