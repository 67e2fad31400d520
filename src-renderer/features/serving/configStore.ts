import type { ModelConfig } from '#contract/modelConfigs.ts';
import { createByIdStore, dropOne, putOne, replaceAll } from '../../client/byIdStore.ts';
import type { ById, ByIdStore } from '../../client/byIdStore.ts';
import type { Client } from '../../client/client.ts';

/** The model configurations, those made for every version too. */
export type ConfigState = ById<ModelConfig>;
export type ConfigStore = ByIdStore<ModelConfig>;

export function createConfigStore(): ConfigStore {
  return createByIdStore<ModelConfig>();
}

export async function mirrorConfigs(store: ConfigStore, client: Client, signal: AbortSignal): Promise<void> {
  for await (const change of await client.modelConfigs.watch({}, { signal })) {
    if (change.kind === 'snapshot') replaceAll(store, change.configs);
    else if (change.kind === 'changed') putOne(store, change.config);
    else dropOne(store, change.configId);
  }
}
