import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { ServedModel, ServingSnapshot } from '#contract/serving.ts';
import type { Client } from '../../client/client.ts';

/** What is loaded, what runs and what waits, as the backend said last; null before the first word. */
export interface ServingState { snapshot: ServingSnapshot | null }
export type ServingStore = StoreApi<ServingState>;

export function createServingStore(): ServingStore {
  return createStore<ServingState>(() => ({ snapshot: null }));
}

export async function mirrorServing(store: ServingStore, client: Client, signal: AbortSignal): Promise<void> {
  for await (const snapshot of await client.serving.watch({}, { signal })) store.setState({ snapshot });
}

/** What of a version is loaded or on its way; null when nothing is. */
export function findLoaded({ snapshot }: ServingState, versionId: string): ServedModel | null {
  return snapshot?.models.find((model) => model.versionId === versionId && model.state !== 'unloaded') ?? null;
}
