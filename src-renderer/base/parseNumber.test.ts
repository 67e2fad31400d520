import { expect, test } from 'vitest';
import { parseDecimal, parseWhole } from './parseNumber.ts';

test.each([
  ['', null], ['  ', null], ['12', 12], [' 4096 ', 4_096], ['4,096', 4_096], ['4.096', 4_096], ['4 096', 4_096], ['65\u202f536', 65_536], ["1'048'576", 1_048_576], ['60,000', 60_000], ['-1', -1], ['−1', -1], ['0', 0],
  ['4.5', Number.NaN], ['0,125', Number.NaN], ['1,2', Number.NaN], ['1,234.567', Number.NaN], ['4k', Number.NaN], ['1e3', Number.NaN], ['0x10', Number.NaN], ['Infinity', Number.NaN], ['x', Number.NaN],
])('a box for a whole number with "%s" says %s', (text, value) => { expect(parseWhole(text)).toBe(value); });

test.each([
  ['', null], ['0.7', 0.7], ['0,7', 0.7], ['.5', 0.5], ['1.125', 1.125], ['0,125', 0.125], ['-1.5', -1.5], ['12', 12], ['1.', 1],
  ['1,125', Number.NaN], ['12 500', Number.NaN], ['1e3', Number.NaN], ['.', Number.NaN], ['x', Number.NaN],
])('a box for any number with "%s" says %s', (text, value) => { expect(parseDecimal(text)).toBe(value); });
