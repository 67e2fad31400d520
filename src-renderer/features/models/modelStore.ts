import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { ModelVersion } from '#contract/models.ts';
import type { Client } from '../../client/client.ts';

/** The versions on this machine, as the backend says. */
export interface ModelState { isReady: boolean; byId: Readonly<Record<string, ModelVersion>> }
export type ModelStore = StoreApi<ModelState>;

export function createModelStore(): ModelStore {
  return createStore<ModelState>(() => ({ isReady: false, byId: {} }));
}

export async function mirrorModels(store: ModelStore, client: Client, signal: AbortSignal): Promise<void> {
  for await (const change of await client.models.watch({}, { signal })) {
    if (change.kind === 'snapshot') store.setState({ isReady: true, byId: Object.fromEntries(change.versions.map((version) => [version.id, version])) });
    else if (change.kind === 'changed') store.setState(({ byId }) => ({ byId: { ...byId, [change.version.id]: change.version } }));
    else store.setState(({ byId }) => ({ byId: Object.fromEntries(Object.entries(byId).filter(([id]) => id !== change.versionId)) }));
  }
}
