import { expect, test } from 'vitest';
import { StopScanner } from './stopScanner.ts';

const run = (pieces: readonly string[], stops: readonly string[]): { text: string; isStopped: boolean } => {
  const scanner = new StopScanner(stops);
  let text = '';
  for (const piece of pieces) {
    const taken = scanner.take(piece);
    text += taken.text;
    if (taken.isStopped) return { text, isStopped: true };
  }
  return { text: text + scanner.flush(), isStopped: false };
};

test.for([
  [['Hello wor', 'ld. More'], ['world'], { text: 'Hello ', isStopped: true }],
  [['a', 'b', 'c', 'd'], ['bcd', 'bx'], { text: 'a', isStopped: true }],
  [['aab'], ['aab', 'ab'], { text: '', isStopped: true }],
  [['one tw', 'elve'], ['two'], { text: 'one twelve', isStopped: false }],
  [['end wo'], ['world'], { text: 'end wo', isStopped: false }],
  [['anything'], [], { text: 'anything', isStopped: false }],
] as const)('%j with the stops %j', ([pieces, stops, expected]) => {
  expect(run(pieces, stops)).toEqual(expected);
});
