import { describe, expect, test } from 'vitest';
import type { JournalEntry } from '#contract/journal.ts';
import { filterEntries } from './journalFilter.ts';

function anEntry(set: Partial<JournalEntry>): JournalEntry {
  return { id: 1, atMs: 0, event: 'instance.status', subjectKind: 'instance', subjectId: null, subjectName: null, from: null, to: null, cause: null, details: {}, ...set };
}
const toText = ({ event, subjectName }: JournalEntry): string => `${event} ${subjectName ?? ''}`;
const entries = [
  anEntry({ id: 3, subjectName: 'lab' }),
  anEntry({ id: 2, event: 'run.ended', subjectKind: 'run', subjectName: 'Lab two' }),
  anEntry({ id: 1, event: 'setting.changed', subjectKind: 'setting' }),
];

describe('the filter of the journal', () => {
  test.each([
    ['all', '', [3, 2, 1]],
    ['instance', '', [3, 2]],
    ['setting', '', [1]],
    ['all', 'LAB', [3, 2]],
    ['all', 'lab ended', [2]],
    ['backend', 'lab', []],
  ] as const)('kind %s and filter %j', (kind, filter, ids) => {
    const kept = filterEntries(entries, { kind, filter, toText });

    expect(kept.map(({ id }) => id)).toEqual(ids);
  });
});
