import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { GpuReading } from '#contract/gpus.ts';
import type { Client } from '../../client/client.ts';
import { GpuTraces, TRACE_MS } from './gpuTraces.ts';

/** The last reading of all GPUs, null before the first; `traces` is one object for as long as the store lives. */
export interface GpuState {
  reading: GpuReading | null;
  readonly traces: GpuTraces;
}
export type GpuStore = StoreApi<GpuState>;

export function createGpuStore(): GpuStore {
  return createStore<GpuState>(() => ({ reading: null, traces: new GpuTraces() }));
}

const TRACE_POINTS = 300;

export async function mirrorGpus(store: GpuStore, client: Client, signal: AbortSignal): Promise<void> {
  const nowMs = Date.now();
  store.getState().traces.fill(await client.gpuHistory.query({ fromMs: nowMs - TRACE_MS, toMs: nowMs, points: TRACE_POINTS }));
  for await (const reading of await client.gpus.watch({}, { signal })) {
    store.getState().traces.push(reading);
    store.setState({ reading });
  }
}
