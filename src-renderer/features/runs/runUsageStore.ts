import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { RunUsage } from '#contract/runUsage.ts';
import type { Client } from '../../client/client.ts';

/** What each living run took at the last reading, by run. */
export interface RunUsageState {
  byRun: Readonly<Record<string, RunUsage>>;
}
export type RunUsageStore = StoreApi<RunUsageState>;

export function createRunUsageStore(): RunUsageStore {
  return createStore<RunUsageState>(() => ({ byRun: {} }));
}

export async function mirrorRunUsages(store: RunUsageStore, client: Client, signal: AbortSignal): Promise<void> {
  for await (const { runs } of await client.runUsages.watch({}, { signal })) {
    store.setState({ byRun: Object.fromEntries(runs.map((run) => [run.runId, run])) });
  }
}
