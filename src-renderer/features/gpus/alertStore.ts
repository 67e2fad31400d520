import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Alert } from '#contract/alerts.ts';
import type { Client } from '../../client/client.ts';

/** The window's mirror of the alerts that stand and the last that have gone. */
export interface AlertState {
  isReady: boolean;
  byId: Readonly<Record<string, Alert>>;
}
export type AlertStore = StoreApi<AlertState>;

export function createAlertStore(): AlertStore {
  return createStore<AlertState>(() => ({ isReady: false, byId: {} }));
}

export async function mirrorAlerts(store: AlertStore, client: Client, signal: AbortSignal): Promise<void> {
  for await (const change of await client.alerts.watch({}, { signal })) {
    if (change.kind === 'snapshot') store.setState({ isReady: true, byId: Object.fromEntries(change.alerts.map((alert) => [alert.id, alert])) });
    else store.setState(({ byId }) => ({ byId: { ...byId, [change.alert.id]: change.alert } }));
  }
}

/** Those that stand now before those that have gone, each the newest first. */
export function listAlerts({ byId }: AlertState): Alert[] {
  return Object.values(byId).toSorted((a, b) => Number(a.clearedAtMs !== null) - Number(b.clearedAtMs !== null) || b.raisedAtMs - a.raisedAtMs);
}

export function countStanding({ byId }: AlertState): number {
  return Object.values(byId).filter(({ clearedAtMs }) => clearedAtMs === null).length;
}
