import { expect, test } from 'vitest';
import { isBoundedJson } from './jsonBounds.ts';

test.each<[string, string, boolean]>([
  ['a chat', '{"messages":[{"role":"user","content":"[[[{{{ \\" ]"}]}', true],
  ['a picture of 5 MB', JSON.stringify({ image: 'A'.repeat(5_000_000) }), true],
  ['100 000 tokens', JSON.stringify({ input: Array.from({ length: 100_000 }, (_, token) => token) }), true],
  ['text full of quotes and brackets', JSON.stringify({ content: '"[{\\'.repeat(300_000) }), true],
  ['a string without an end', '{"a":"\\', true],
  ['256 levels', `${'['.repeat(256)}${']'.repeat(256)}`, true],
  ['257 levels', `${'['.repeat(257)}${']'.repeat(257)}`, false],
  ['brackets alone', '['.repeat(5_000_000), false],
  ['too many objects', `[${Array.from({ length: 100_001 }, () => '{}').join(',')}]`, false],
  ['too many names', `{${Array.from({ length: 100_001 }, (_, n) => `"k${n}":1`).join(',')}}`, false],
  ['too many values', `[${'1,'.repeat(1_000_001)}1]`, false],
])('%s', (_what, text, isBounded) => {
  expect(isBoundedJson(Buffer.from(text))).toBe(isBounded);
});
