import { describe, expect, test } from 'vitest';
import { settingSchemas } from '#contract/settings.ts';
import type { SettingKey } from '#contract/settings.ts';
import { listSettingGroups, parseDraft, toDraft, toSettingField } from './settingField.ts';
import words from '../../../resources/locales/en/settings.json' with { type: 'json' };

describe('the form of the settings', () => {
  test('every setting is edited by hand, except where the window was', () => {
    const shown = listSettingGroups().flatMap(({ keys }) => keys);

    expect(Object.keys(settingSchemas).filter((key) => !shown.includes(key as SettingKey))).toEqual(['window.bounds']);
  });

  test('every setting has a label and a help text', () => {
    const byGroup: Record<string, Record<string, { label?: string; help?: string }>> = words.key;
    const wordless = listSettingGroups().flatMap(({ keys }) => keys).filter((key) => {
      const [group = '', name = ''] = key.split('.');
      const own = byGroup[group]?.[name];
      return !own?.label || !own.help;
    });

    expect(wordless).toEqual([]);
  });

  test.each<[SettingKey, string, unknown]>([
    ['window.theme', 'light', 'light'],
    ['listener.port', ' 8400 ', 8400],
    ['logs.maxBytes', '50', 52_428_800],
    ['logs.maxBytes', '1,024', 1_073_741_824],
    ['listener.port', '8,400', 8_400],
    ['python.command', '  ', null],
    ['listener.allowedHosts', 'a.example\n\n b.example ', ['a.example', 'b.example']],
  ])('%s reads the draft %j', (key, draft, value) => {
    const field = toSettingField(key);

    expect(field && parseDraft(key, field, draft)).toEqual({ value, fault: null });
  });

  test.each<[SettingKey, string, { key: string; values: object }]>([
    ['window.zoomPercent', '49', { key: 'tooSmall', values: { min: 50 } }],
    ['listener.port', '65536', { key: 'tooLarge', values: { max: 65_535 } }],
    ['listener.port', 'eight', { key: 'wholeNumber', values: {} }],
    ['listener.port', '1.5', { key: 'wholeNumber', values: {} }],
    ['listener.address', '', { key: 'required', values: {} }],
  ])('%s refuses the draft %j', (key, draft, fault) => {
    const field = toSettingField(key);

    expect(field && parseDraft(key, field, draft)).toEqual({ fault });
  });

  test('bytes are shown as MiB', () => {
    expect(toDraft({ kind: 'number', scale: 1024 * 1024 }, 52_428_800)).toBe('50');
  });
});
