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

test('an item of the response that was deleted stays known through an older one', () => {
  const store = new ResponseStore();
  const item = { id: 'msg_1', type: 'message' };
  for (const id of ['a', 'b']) store.put(id, { keyId: 'mine', items: [item], response: {} });

  store.delete('b', 'mine');

  expect(store.getItem('msg_1', 'mine')).toEqual(item);
});

test('a response that is too large for all is not kept, and costs nobody theirs', () => {
  const store = new ResponseStore();
  store.put('small', { keyId: 'a', items: [], response: { id: 'small' } });
  store.put('large', { keyId: 'b', items: [{ text: 'x'.repeat(33 * 1024 * 1024) }], response: { id: 'large' } });

  expect([store.get('small', 'a')?.response['id'], store.get('large', 'b')]).toEqual(['small', null]);
});
