import { describe, expect, test } from 'vitest';
import type { ModelConfigSettings } from '#contract/modelConfigs.ts';
import { findPreset, readDraft, toChanges, toDraft, presets } from './configDraft.ts';
import type { ConfigTexts } from './configDraft.ts';

const start = toDraft(null, { model: 'tiny' });
const faultsWith = (set: Partial<ModelConfigSettings>, texts: Partial<ConfigTexts> = {}) => readDraft({ settings: { ...start.settings, ...set }, texts: { ...start.texts, ...texts } }).faults;
const container: ModelConfigSettings['container'] = { image: 'vllm', args: [], port: 8_000, environment: {} };

describe('the draft of a configuration', () => {
  test('only what was changed is sent', () => {
    const before = start.settings;

    expect(toChanges(before, { ...before, slots: 8, sampling: { ...before.sampling, temperature: 0.2 } })).toMatchObject({ slots: 8, sampling: { temperature: 0.2 } });
    expect(toChanges(before, readDraft(start).settings)).toEqual({});
  });

  test('lists are read from what was typed, as a shell would read arguments', () => {
    const texts = { aliases: ' fast, small ', tensorSplit: '3, 1', extraArgs: '--override-kv "a=str:b c"\n--no-warmup', args: '--max-model-len 4096', environment: 'HF_HOME=/cache\n\nA=b=c' };

    expect(readDraft({ settings: { ...start.settings, engine: 'container', container }, texts }).settings).toMatchObject({
      aliases: ['fast', 'small'], tensorSplit: [3, 1], extraArgs: ['--override-kv', 'a=str:b c', '--no-warmup'],
      container: { image: 'vllm', port: 8_000, args: ['--max-model-len', '4096'], environment: { HF_HOME: '/cache', A: 'b=c' } },
    });
  });

  test('what was read and shown again says the same', () => {
    const settings: ModelConfigSettings = { ...start.settings, engine: 'container', aliases: ['a', 'b'], tensorSplit: [0.5, 1], extraArgs: ['--x', 'a b', '--y'], container: { ...container, args: ['--z', ''], environment: { A: '1' } } };

    expect(readDraft(toDraft(null, settings)).settings).toEqual(settings);
  });

  test('who goes back to the engines of this machine leaves the places that were named', () => {
    const settings: ModelConfigSettings = { ...start.settings, container, external: { baseUrl: 'http://127.0.0.1:8000', keyVariable: null, model: null } };

    expect(readDraft({ ...start, settings }).settings).toMatchObject({ engine: 'auto', container: null, external: null });
  });

  test.each<[string, Partial<ModelConfigSettings>, Partial<ConfigTexts>, ReturnType<typeof faultsWith>]>([
    ['nothing', {}, {}, []],
    ['too few slots', { slots: 0 }, {}, [{ field: 'slots', kind: 'atLeast', bound: 1 }]],
    ['too many slots', { slots: 257 }, {}, [{ field: 'slots', kind: 'atMost', bound: 256 }]],
    ['no number', { contextTokens: Number.NaN }, {}, [{ field: 'contextTokens', kind: 'number' }]],
    ['a sampling out of range', { sampling: { ...start.settings.sampling, topP: 3 } }, {}, [{ field: 'sampling.topP', kind: 'atMost', bound: 1 }]],
    ['a share that is no number', {}, { tensorSplit: '3,x' }, [{ field: 'tensorSplit.1', kind: 'number' }]],
    ['a name with a space', {}, { aliases: 'a b' }, [{ field: 'aliases.0', kind: 'name' }]],
    ['an open quote', {}, { extraArgs: '--a "b' }, [{ field: 'extraArgs', kind: 'openQuote' }]],
    ['a variable without a value', { engine: 'container', container }, { environment: 'HOME' }, [{ field: 'container.environment', kind: 'environment' }]],
    ['no model', { model: null }, {}, [{ field: 'model', kind: 'missing' }]],
    ['no image', { engine: 'container' }, {}, [{ field: 'container.image', kind: 'missing' }]],
    ['no address', { engine: 'external', model: null }, {}, [{ field: 'external.baseUrl', kind: 'missing' }]],
  ])('%s is told by the field it is in', (_what, set, texts, faults) => { expect(faultsWith(set, texts)).toEqual(faults); });

  test('a preset is known by its settings, and no longer once one of them was changed', () => {
    const settings = { ...start.settings, ...presets.low_memory };

    expect([findPreset(start.settings), findPreset(settings), findPreset({ ...settings, slots: 2 })]).toEqual(['balanced', 'low_memory', null]);
  });
});
