import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findResumePoint, findSafeCut } from './safeCut.ts';

describe('findSafeCut', () => {
  test.each([
    ['plain text may be cut at its end', 'abc', 3],
    ['a lone escape waits', 'abc\x1b', 3],
    ['a colour that has begun waits', 'abc\x1b[31', 3],
    ['a finished colour may be cut after', 'abc\x1b[31m', 8],
    ['a charset choice has two bytes after the escape', 'a\x1b(', 1],
    ['a charset choice that is whole is cut after', 'a\x1b(B', 4],
    ['a title without its end waits', 'a\x1b]0;title', 1],
    ['a title ended by BEL is whole', 'a\x1b]0;t\x07', 7],
    ['a title ended by ST is whole', 'a\x1b]0;t\x1b\\', 8],
    ['half an ST waits', 'a\x1b]0;t\x1b', 1],
    ['a device string waits for its end', '\x1bPq#0;2', 0],
    ['CAN ends a sequence', 'a\x1b[3\x18b', 6],
    ['an escape inside a sequence begins anew', 'a\x1b[3\x1b[1m', 8],
    ['a character of two bytes is kept whole', 'é', 2],
    ['a character of four bytes is kept whole', 'a🦀', 5],
  ])('%s', (_name, text, expected) => {
    expect(findSafeCut(Buffer.from(text))).toBe(expected);
  });

  test.each([[Buffer.from('aé').subarray(0, 2), 1], [Buffer.from('🦀').subarray(0, 3), 0], [Buffer.of(0x80, 0x80), 2], [Buffer.of(0xe2, 0x41), 2]])(
    'a cut through UTF-8 is refused and broken UTF-8 passes: %j',
    (bytes, expected) => { expect(findSafeCut(bytes)).toBe(expected); },
  );

  const piece = fc.oneof(
    fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\x1b', '')),
    fc.constantFrom('\x1b[1;31m', '\x1b[?1049h', '\x1b]0;größe\x07', '\x1b]8;;http://x\x1b\\', '\x1bPq\x1b\\', '\x1b(B', '\x1b7', '\r\n'),
  );

  test('feeding cut by cut gives the same bytes, and every cut is a cut of the whole', () => {
    fc.assert(fc.property(fc.array(piece), fc.integer({ min: 1, max: 9 }), (pieces, step) => {
      const whole = Buffer.from(pieces.join(''));
      let fed = 0;
      for (let seen = step; fed < whole.length && seen < whole.length + step; seen += step) {
        const cut = findSafeCut(whole.subarray(fed, Math.min(seen, whole.length)));
        fed += cut;
        expect(findSafeCut(whole.subarray(0, fed))).toBe(fed);
      }
      expect(fed).toBe(whole.length);
    }));
  });
});

describe('findResumePoint', () => {
  test.each([
    ['after the first line feed', '31mred\nnext\n', 7],
    ['at an escape where there is no line', 'abc\x1b[H', 3],
    ['at once in plain text', 'abc', 0],
  ])('%s', (_name, text, expected) => {
    expect(findResumePoint(Buffer.from(text))).toBe(expected);
  });

  test('past the rest of a character', () => {
    expect(findResumePoint(Buffer.from('🦀a').subarray(1))).toBe(3);
  });
});
