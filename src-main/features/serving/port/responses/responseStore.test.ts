import { expect, test } from 'vitest';
import { ResponseStore } from './responseStore.ts';

test('what a response echoes counts as much as what was said: the oldest are forgotten', () => {
  const store = new ResponseStore();
  const tools = 'x'.repeat(12 * 1024 * 1024);
  for (const id of ['a', 'b', 'c']) store.put(id, { keyId: null, items: [], response: { id, tools } });

  expect(['a', 'b', 'c'].map((id) => store.get(id, null)?.response['id'] ?? null)).toEqual([null, 'b', 'c']);
});
