import { expect, test } from 'vitest';
import { aConfig, aServedModel } from './aServedModel.ts';
import { groupEngines } from './engineGroups.ts';

test('what cannot be served stands apart, unless it still answers', () => {
  const models = [aServedModel('cold'), aServedModel('off'), aServedModel('ending', { state: 'draining' }), aServedModel('broken', { state: 'failed' }), aServedModel('hot', { state: 'busy' })];
  const configs = Object.fromEntries([aConfig('cold'), aConfig('off', { problem: 'disabled' }), aConfig('ending', { problem: 'disabled' }), aConfig('broken'), aConfig('hot')].map((config) => [config.id, config]));

  const { loaded, rest, barred } = groupEngines(models, configs);

  expect([loaded, rest, barred].map((group) => group.map(({ name }) => name))).toEqual([['ending', 'hot'], ['broken', 'cold'], ['off']]);
});
