import { z } from 'zod';
import type { JournalEntry } from '#contract/journal.ts';

export const journalKinds = ['all', 'instance', 'blueprint', 'model', 'engine', 'gpu', 'setting', 'backend'] as const;
export const journalKind = z.enum(journalKinds);
export type JournalKind = z.infer<typeof journalKind>;

const ofOthers: Partial<Record<JournalEntry['subjectKind'], JournalKind>> = { run: 'instance', terminal: 'instance', alert: 'gpu', download: 'model', key: 'engine' };

/** The kind under which an entry is listed: runs and terminals belong to instances, downloads to models, keys to engines, alerts to GPUs. */
function toKind({ subjectKind }: JournalEntry): JournalKind {
  return ofOthers[subjectKind] ?? journalKind.parse(subjectKind);
}

/** The entries of a kind in whose words every word of the filter stands. `toText` gives an entry's words as shown. */
export function filterEntries(entries: readonly JournalEntry[], { kind, filter, toText }: { kind: JournalKind; filter: string; toText: (entry: JournalEntry) => string }): JournalEntry[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter((entry) => {
    if (kind !== 'all' && toKind(entry) !== kind) return false;
    if (words.length === 0) return true;
    const text = toText(entry).toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
