import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Blueprint } from '#contract/blueprints.ts';
import type { Client } from '../../client/client.ts';

/** The blueprints as the backend listed them last. */
export interface BlueprintState {
  isReady: boolean;
  blueprints: readonly Blueprint[];
}
export type BlueprintStore = StoreApi<BlueprintState>;

export function createBlueprintStore(): BlueprintStore {
  return createStore<BlueprintState>(() => ({ isReady: false, blueprints: [] }));
}

/** Follows the list, and reads it again each time the window gets the focus, since files may have changed outside. */
export async function mirrorBlueprints(store: BlueprintStore, client: Client, signal: AbortSignal): Promise<void> {
  await Promise.all([followBlueprints(store, client, signal), reloadOnFocus(store, client, signal)]);
}

async function followBlueprints(store: BlueprintStore, client: Client, signal: AbortSignal): Promise<void> {
  for await (const blueprints of await client.blueprints.watch({}, { signal })) store.setState({ isReady: true, blueprints });
}

async function reloadOnFocus(store: BlueprintStore, client: Client, signal: AbortSignal): Promise<void> {
  await waitForFocus(signal);
  while (!signal.aborted) {
    await reloadBlueprints(store, client);
    await waitForFocus(signal);
  }
}

/** Reads the list again; to be called after a blueprint was saved or deleted. */
export async function reloadBlueprints(store: BlueprintStore, client: Client): Promise<void> {
  store.setState({ isReady: true, blueprints: await client.blueprints.list({}) });
}

export function findBlueprint({ blueprints }: BlueprintState, id: string | null): Blueprint | undefined {
  return blueprints.find((blueprint) => blueprint.id === id);
}

function waitForFocus(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      window.removeEventListener('focus', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    window.addEventListener('focus', done);
    signal.addEventListener('abort', done);
  });
}
