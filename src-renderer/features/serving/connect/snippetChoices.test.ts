import { expect, test } from 'vitest';
import { aVersion } from '../../models/aVersion.ts';
import { aConfig, aServedModel } from '../aServedModel.ts';
import { toSnippetChoices } from './snippetChoices.ts';

const byId = <V extends { id: string }>(values: readonly V[]): Record<string, V> => Object.fromEntries(values.map((value) => [value.id, value]));

test('what can be served is offered, what chats before the rest, and the loaded before the others', () => {
  const models = [aServedModel('vectors', { state: 'ready' }), aServedModel('cold'), aServedModel('gone'), aServedModel('warm', { state: 'busy' })];
  const configs = byId([aConfig('vectors'), aConfig('cold'), aConfig('gone', { problem: 'model_gone' }), aConfig('warm')]);
  const versions = byId([aVersion({ id: 'ver_vectors', capabilities: ['embeddings'] }), aVersion({ id: 'ver_cold' }), aVersion({ id: 'ver_warm' })]);

  expect(toSnippetChoices(models, { configs, versions }).map(({ name }) => name)).toEqual(['warm', 'cold', 'vectors']);
});

test.each([
  { what: 'as it was loaded', served: { contextTokens: 2_048 }, set: { contextTokens: 4_096 }, own: 131_072, contextTokens: 2_048 },
  { what: 'as it is set', served: {}, set: { contextTokens: 4_096 }, own: 131_072, contextTokens: 4_096 },
  { what: 'the model\'s own where it is short', served: {}, set: {}, own: 2_048, contextTokens: 2_048 },
  { what: '8192 where the model has more', served: {}, set: {}, own: 131_072, contextTokens: 8_192 },
])('the context of an answer is $what', ({ served, set, own, contextTokens }) => {
  const known = { configs: byId([aConfig('a', set)]), versions: byId([aVersion({ id: 'ver_a', contextTokens: own })]) };

  expect(toSnippetChoices([aServedModel('a', served)], known)).toMatchObject([{ contextTokens, maxContextTokens: own }]);
});
