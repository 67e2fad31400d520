import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { GpuReading } from '#contract/gpus.ts';
import type { Client } from '../../client/client.ts';

/** The last reading of all GPUs, null before the first. */
export interface GpuState { reading: GpuReading | null }
export type GpuStore = StoreApi<GpuState>;

export function createGpuStore(): GpuStore {
  return createStore<GpuState>(() => ({ reading: null }));
}

export async function mirrorGpus(store: GpuStore, client: Client, signal: AbortSignal): Promise<void> {
  for await (const reading of await client.gpus.watch({}, { signal })) store.setState({ reading });
}
