import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { Client } from '../../client/client.ts';

/** The model configurations, those made for every version too. */
export interface ConfigState { isReady: boolean; byId: Readonly<Record<string, ModelConfig>> }
export type ConfigStore = StoreApi<ConfigState>;

export function createConfigStore(): ConfigStore {
  return createStore<ConfigState>(() => ({ isReady: false, byId: {} }));
}

export async function mirrorConfigs(store: ConfigStore, client: Client, signal: AbortSignal): Promise<void> {
  for await (const change of await client.modelConfigs.watch({}, { signal })) {
    if (change.kind === 'snapshot') store.setState({ isReady: true, byId: Object.fromEntries(change.configs.map((config) => [config.id, config])) });
    else if (change.kind === 'changed') store.setState(({ byId }) => ({ byId: { ...byId, [change.config.id]: change.config } }));
    else store.setState(({ byId }) => ({ byId: Object.fromEntries(Object.entries(byId).filter(([id]) => id !== change.configId)) }));
  }
}
