import { expect, test } from 'vitest';
import { readKeepSeconds } from './requestBody.ts';

test.each<[unknown, number | null]>([
  [300, 300], [0, 0], [-5, -1], ['5m', 300], ['1h30m', 5_400], ['250ms', 0.25], ['-1', -1], ['soon', null], [null, null], [true, null],
  [1e300, 31_536_000], [Number.POSITIVE_INFINITY, 31_536_000], ['9999999999h', 31_536_000],
])('a model is kept %j: %s s', (keepAlive, seconds) => {
  expect(readKeepSeconds({ keep_alive: keepAlive })).toBe(seconds);
});
