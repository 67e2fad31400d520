import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { WorkstationReading } from '#contract/workstation.ts';
import type { Client } from '../../client/client.ts';

/** The last reading, null before the first, and the CPU's last minute, oldest first. */
export interface WorkstationState {
  reading: WorkstationReading | null;
  cpuHistory: readonly number[];
}
export type WorkstationStore = StoreApi<WorkstationState>;

const HISTORY_LENGTH = 30;

export function createWorkstationStore(): WorkstationStore {
  return createStore<WorkstationState>(() => ({ reading: null, cpuHistory: [] }));
}

export async function mirrorWorkstation(store: WorkstationStore, client: Client, signal: AbortSignal): Promise<void> {
  for await (const reading of await client.workstation.watch({}, { signal })) {
    store.setState(({ cpuHistory }) => ({ reading, cpuHistory: [...cpuHistory, reading.cpuPercent].slice(-HISTORY_LENGTH) }));
  }
}
