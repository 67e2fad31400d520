import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Ledger } from '#contract/leases.ts';
import type { Client } from '../../client/client.ts';

/** The window's mirror of the ledger, null before the first answer. */
export interface LeaseState { ledger: Ledger | null }
export type LeaseStore = StoreApi<LeaseState>;

export function createLeaseStore(): LeaseStore {
  return createStore<LeaseState>(() => ({ ledger: null }));
}

export async function mirrorLeases(store: LeaseStore, client: Client, signal: AbortSignal): Promise<void> {
  for await (const ledger of await client.leases.watch({}, { signal })) store.setState({ ledger });
}
