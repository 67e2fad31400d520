import i18next from 'i18next';
import { beforeAll, describe, expect, test } from 'vitest';
import type { JournalEntry } from '#contract/journal.ts';
import { toEntryWords } from './entryWords.ts';
import instances from '../../../resources/locales/en/instances.json' with { type: 'json' };
import journal from '../../../resources/locales/en/journal.json' with { type: 'json' };
import settings from '../../../resources/locales/en/settings.json' with { type: 'json' };

beforeAll(() => i18next.init({ lng: 'en', resources: { en: { translation: { instances, journal, settings } } } }));

function readEntry(set: Partial<JournalEntry>): unknown {
  return toEntryWords({ id: 1, atMs: 0, event: 'instance.status', subjectKind: 'instance', subjectId: 'ins_1', subjectName: 'lab', from: null, to: null, cause: null, details: {}, ...set }, i18next.t);
}

describe('the words of a journal entry', () => {
  test('a failure says from what to what, and why', () => {
    expect(readEntry({ from: 'started', to: 'error', cause: 'out_of_gpu_memory', details: { exitCode: 1, signal: null } }))
      .toEqual({ event: 'Status', subject: 'lab', from: 'Started', to: 'Error', cause: 'out of GPU memory', details: 'exit code 1' });
  });

  test('a setting is named as in its form, and so are its values', () => {
    expect(readEntry({ event: 'setting.changed', subjectKind: 'setting', subjectId: 'window.theme', subjectName: 'window.theme', from: '"system"', to: '"dark"' }))
      .toEqual({ event: 'Changed', subject: 'Theme', from: 'System', to: 'Dark', cause: null, details: '' });
  });

  test('numbers in the details are said with their unit', () => {
    expect(readEntry({ event: 'backend.started', subjectKind: 'backend', subjectName: null, subjectId: null, details: { readyAfterMs: 362, freeBytes: 1_073_741_824, note: 'x' } }))
      .toMatchObject({ subject: 'Wheelhouse', details: 'ready after 362 ms · free 1.0 GiB · note x' });
  });

  test('what has no words yet is shown as it is', () => {
    expect(readEntry({ event: 'instance.moon', to: 'waxing', cause: 'tide' })).toMatchObject({ event: 'instance.moon', to: 'waxing', cause: 'tide' });
  });
});
