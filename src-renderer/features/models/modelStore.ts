import type { ModelVersion } from '#contract/models.ts';
import { createByIdStore, dropOne, putOne, replaceAll } from '../../client/byIdStore.ts';
import type { ById, ByIdStore } from '../../client/byIdStore.ts';
import type { Client } from '../../client/client.ts';

/** The versions on this machine, as the backend says. */
export type ModelState = ById<ModelVersion>;
export type ModelStore = ByIdStore<ModelVersion>;

export function createModelStore(): ModelStore {
  return createByIdStore<ModelVersion>();
}

export async function mirrorModels(store: ModelStore, client: Client, signal: AbortSignal): Promise<void> {
  for await (const change of await client.models.watch({}, { signal })) {
    if (change.kind === 'snapshot') replaceAll(store, change.versions);
    else if (change.kind === 'changed') putOne(store, change.version);
    else dropOne(store, change.versionId);
  }
}
