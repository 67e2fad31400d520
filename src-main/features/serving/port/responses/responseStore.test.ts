import { expect, test } from 'vitest';
import { ResponseStore } from './responseStore.ts';

test('what a response echoes counts as much as what was said: the oldest are forgotten', () => {
  const store = new ResponseStore();
  const tools = 'x'.repeat(12 * 1024 * 1024);
  for (const id of ['a', 'b', 'c']) store.put(id, { keyId: null, items: [], response: { id, tools } });

  expect(['a', 'b', 'c'].map((id) => store.get(id, null)?.response['id'] ?? null)).toEqual([null, 'b', 'c']);
});

test('an item is known to whom it was said for as long as a conversation holds it', () => {
  const store = new ResponseStore();
  const item = { id: 'msg_1', type: 'message' };
  const known = (): unknown[] => ['mine', 'theirs'].map((keyId) => store.getItem('msg_1', keyId));
  store.put('a', { keyId: 'mine', items: [item], response: {} });
  store.put('b', { keyId: 'mine', items: [item, { type: 'message' }], response: {} });
  store.delete('a', 'mine');
  const held = known();
  store.delete('b', 'mine');

  expect([held, known()]).toEqual([[item, null], [null, null]]);
});
