import { expect, test } from 'vitest';
import { aMessage } from './aMessage.ts';
import { applyChanges } from './transcript.ts';

test('pieces are added to their message, others stay the same objects, and what was deleted is gone', () => {
  const [first, second, third] = [aMessage({ id: 'a', content: 'one ' }), aMessage({ id: 'b' }), aMessage({ id: 'c' })];

  const after = applyChanges([first, second, third], [
    { kind: 'delta', messageId: first.id, content: 'two ', thinking: '', completionTokens: 2 },
    { kind: 'delta', messageId: first.id, content: 'three', thinking: 'hm', completionTokens: 3 },
    { kind: 'removed', messageId: third.id },
    { kind: 'message', message: aMessage({ id: 'd', content: 'new' }) },
  ]);

  expect(after.map(({ id, content, thinking }) => [id, content, thinking])).toEqual([['a', 'one two three', 'hm'], ['b', '', ''], ['d', 'new', '']]);
  expect(after[1]).toBe(second);
});
