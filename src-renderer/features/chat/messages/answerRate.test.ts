import { expect, test } from 'vitest';
import { toAnswerRate } from './answerRate.ts';

test.each([
  [{ tokensPerSecond: 4_751, firstTokenMs: 20, totalMs: 85 }, null],
  [{ tokensPerSecond: 40, firstTokenMs: 900, totalMs: 1_000 }, 40],
  [{ tokensPerSecond: 40, firstTokenMs: null, totalMs: null }, 40],
  [{ tokensPerSecond: null, firstTokenMs: 0, totalMs: 5_000 }, null],
])('a rate from less than 100 ms is none: %j', (message, rate) => {
  expect(toAnswerRate(message)).toBe(rate);
});
