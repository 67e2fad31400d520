import { expect, test } from 'vitest';
import { SecretRedaction } from './secretRedaction.ts';

test.each<[string, string[], string, string]>([
  ['a value is taken out wherever it stands', ['hf_12345678'], 'a hf_12345678b hf_12345678', 'a [redacted]b [redacted]'],
  ['a short value would take words out', ['abc', ''], 'abc abcdef', 'abc abcdef'],
  ['a value within another one', ['password', 'password-two'], 'password-two password', '[redacted] [redacted]'],
  ['signs of a pattern are only text', ['a.c$&(d)+'], 'a.c$&(d)+ abc$&(d)+', '[redacted] abc$&(d)+'],
])('%s', (_what, values, text, shown) => {
  expect(new SecretRedaction(values).redact(text)).toBe(shown);
});

test('a secret that comes in pieces is taken out, whatever its pieces are', () => {
  const text = 'begin hf_12345678 hf_1234 hf_hf_12345678 end hf_123';
  for (let size = 1; size <= text.length; size += 1) {
    const stream = new SecretRedaction(['hf_12345678']).stream();
    let shown = '';
    for (let at = 0; at < text.length; at += size) shown += stream.write(text.slice(at, at + size));
    expect(shown + stream.end()).toBe('begin [redacted] hf_1234 hf_[redacted] end hf_123');
  }
});

test('what cannot be a secret is shown at once', () => {
  const stream = new SecretRedaction(['hf_12345678']).stream();
  expect([stream.write('ready\n'), stream.write('h'), stream.write('ello')]).toEqual(['ready\n', '', 'hello']);
});
