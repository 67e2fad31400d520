import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LogLines } from './logLines.ts';

function linesOf(...pieces: string[]): string[] {
  const lines = new LogLines();
  for (const piece of pieces) lines.append(piece);
  return Array.from({ length: lines.count }, (_, index) => lines.at(index));
}

describe('a log as lines', () => {
  test.each([
    [['a\nb\n'], ['a', 'b']],
    [['a\nb'], ['a', 'b']],
    [['a', 'b\n', '', '\nc'], ['ab', '', 'c']],
    [['10 %\r20 %\r30 %\r\ndone\r\n'], ['30 %', 'done']],
    [[''], []],
  ])('%j reads as %j', (pieces, expected) => {
    expect(linesOf(...pieces)).toEqual(expected);
  });

  test('it does not matter where the pieces end', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('a', '\n', '\r', 'bc'), { maxLength: 40 }), (pieces) => {
      expect(linesOf(...pieces)).toEqual(linesOf(pieces.join('')));
    }));
  });

  test('a line is found from the end, past as many as are to be skipped', () => {
    const lines = new LogLines();
    lines.append('x\ny\nx\n');
    expect([lines.findFromEnd('x', 0), lines.findFromEnd('x', 1), lines.findFromEnd('x', 2)]).toEqual([2, 0, -1]);
  });

  test('the front goes when it grows too long, and is counted', () => {
    const lines = new LogLines();
    lines.append('x\n'.repeat(200_010));
    expect([lines.count, lines.droppedCount]).toEqual([200_000, 10]);
  });
});
