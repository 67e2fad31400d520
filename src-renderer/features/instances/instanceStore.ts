import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Instance } from '#contract/instances.ts';

/** The window's mirror of all instances that are not in the trash; written only by `mirrorInstances`. */
export interface InstanceState {
  phase: 'waiting' | 'live';
  byId: Readonly<Record<string, Instance>>;
}

export type InstanceStore = StoreApi<InstanceState>;

export function createInstanceStore(): InstanceStore {
  return createStore<InstanceState>(() => ({ phase: 'waiting', byId: {} }));
}

/** All instances of a state, in no order that means anything. */
export function listInstances({ byId }: InstanceState): Instance[] {
  return Object.values(byId);
}
