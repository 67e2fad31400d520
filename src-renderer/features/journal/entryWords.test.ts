import i18next from 'i18next';
import { beforeAll, describe, expect, test } from 'vitest';
import { downloadProblem } from '#contract/downloads.ts';
import { instanceCause } from '#contract/instances.ts';
import { journalEvents } from '#contract/journal.ts';
import type { JournalEntry } from '#contract/journal.ts';
import { loadFailure, unloadCause } from '#contract/serving.ts';
import { toEntryWords } from './entryWords.ts';
import type { EntryWords } from './entryWords.ts';
import instances from '../../../resources/locales/en/instances.json' with { type: 'json' };
import journal from '../../../resources/locales/en/journal.json' with { type: 'json' };
import serving from '../../../resources/locales/en/serving.json' with { type: 'json' };
import settings from '../../../resources/locales/en/settings.json' with { type: 'json' };

beforeAll(() => i18next.init({ lng: 'en', resources: { en: { translation: { instances, journal, serving, settings } } } }));

function readEntry(set: Partial<JournalEntry>): EntryWords {
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

  test('every event that is written has words', () => {
    expect(journalEvents.filter((event) => readEntry({ event }).event === event)).toEqual([]);
  });

  test.each([
    ['engine', [...loadFailure.options, ...unloadCause.options]], ['instance', instanceCause.options], ['download', downloadProblem.options], ['model', ['pickle', 'sha256']],
  ] as const)('every cause of an %s has words', (subjectKind, causes) => {
    expect(causes.filter((cause) => !i18next.exists([`journal.cause.${subjectKind}.${cause}`, `instances.cause.${cause}.word`]))).toEqual([]);
  });

  test('a model that was loaded says so', () => {
    expect(readEntry({ event: 'engine.unloaded', subjectKind: 'engine', from: 'unloading', to: 'unloaded', cause: 'superseded' })).toMatchObject({ event: 'Unloaded', from: 'Unloading', to: 'Not loaded', cause: 'its configuration changed' });
  });

  test('what has no words yet is shown as it is', () => {
    expect(readEntry({ event: 'instance.moon', to: 'waxing', cause: 'tide' })).toMatchObject({ event: 'instance.moon', to: 'waxing', cause: 'tide' });
  });
});
