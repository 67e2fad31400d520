import { expect, test } from 'vitest';
import { toSearchQuery } from './searchQuery.ts';

test.each([
  ['two words', '"two" "words" *'], ['a "quoted" one', '"a" """quoted""" "one" *'], ['NEAR(a b) OR -c* col:d', '"NEAR(a" "b)" "OR" "-c*" "col:d" *'],
  ['cut\u0000off', '"cut" "off" *'], [' \u0000 " * ', null],
])('%j is asked for as %s', (text, query) => {
  expect(toSearchQuery(text)).toBe(query);
});
