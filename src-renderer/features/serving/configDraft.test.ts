import { describe, expect, test } from 'vitest';
import { findFault, findPreset, fromLines, parseNumber, toChanges, toDraft, toLines, presets } from './configDraft.ts';

describe('the draft of a configuration', () => {
  test('only what was changed is sent', () => {
    const before = toDraft(null);

    expect(toChanges(before, { ...before, slots: 8, sampling: { ...before.sampling, temperature: 0.2 } })).toMatchObject({ slots: 8, sampling: { temperature: 0.2 } });
    expect(toChanges(before, { ...before })).toEqual({});
  });

  test('a fault names its field', () => {
    expect([findFault(toDraft(null)), findFault({ ...toDraft(null), slots: 0 })?.field]).toEqual([null, 'slots']);
  });

  test('arguments are one a line, without the empty ones', () => {
    expect([fromLines(' --a\n\n--b 1 '), toLines(['--a', '--b'])]).toEqual([['--a', '--b 1'], '--a\n--b']);
  });

  test.each([['', null], ['0,7', 0.7], ['12', 12], ['x', undefined]])('the box "%s" says %s', (text, value) => { expect(parseNumber(text)).toBe(value); });

  test('a preset is known by its settings, and no longer once one of them was changed', () => {
    const draft = { ...toDraft(null), ...presets.low_memory };

    expect([findPreset(toDraft(null)), findPreset(draft), findPreset({ ...draft, slots: 2 })]).toEqual(['balanced', 'low_memory', null]);
  });
});
