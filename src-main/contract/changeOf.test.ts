import { expect, test } from 'vitest';
import { apiKeySettings } from './apiKeys.ts';
import { changeOf } from './changeOf.ts';

test('a change holds what was named and nothing else', () => {
  const change = changeOf(apiKeySettings);

  expect([change.parse({}), change.parse({ priority: 3, tokensPerDay: null })]).toEqual([{}, { priority: 3, tokensPerDay: null }]);
  expect(change.safeParse({ priority: 99 }).success).toBe(false);
});
