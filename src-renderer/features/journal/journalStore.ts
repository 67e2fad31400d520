import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { JournalEntry } from '#contract/journal.ts';
import type { Client } from '../../client/client.ts';

/** Entries newest first. `hasOlder` is false once the beginning has been reached. */
export interface JournalState {
  isReady: boolean;
  entries: readonly JournalEntry[];
  hasOlder: boolean;
}
export type JournalStore = StoreApi<JournalState>;

const SNAPSHOT_LENGTH = 200;
const PAGE_LENGTH = 200;

export function createJournalStore(): JournalStore {
  return createStore<JournalState>(() => ({ isReady: false, entries: [], hasOlder: false }));
}

export async function mirrorJournal(store: JournalStore, client: Client, signal: AbortSignal): Promise<void> {
  for await (const change of await client.journal.watch({}, { signal })) {
    if (change.kind === 'snapshot') {
      store.setState({ isReady: true, entries: toNewestFirst(change.entries), hasOlder: change.entries.length >= SNAPSHOT_LENGTH });
    } else {
      store.setState(({ entries }) => ({ entries: toNewestFirst([change.entry, ...entries]) }));
    }
  }
}

/** Adds the page before the oldest entry. */
export async function loadOlder(store: JournalStore, client: Client): Promise<void> {
  const oldest = store.getState().entries.at(-1);
  if (oldest === undefined) return;
  const page = await client.journal.list({ beforeId: oldest.id, limit: PAGE_LENGTH });
  store.setState(({ entries }) => ({ entries: toNewestFirst([...entries, ...page]), hasOlder: page.length === PAGE_LENGTH }));
}

function toNewestFirst(entries: readonly JournalEntry[]): JournalEntry[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  return [...byId.values()].sort((left, right) => right.id - left.id);
}
