import { expect, test } from 'vitest';
import { QUIET, stepAlert, type AlertRule, type AlertState } from './alertPolicy.ts';

const hot: AlertRule = { kind: 'gpu_temperature', direction: 'above', raiseAt: 85, clearAt: 80, raiseAfterMs: 30_000, clearAfterMs: 30_000 };
const low: AlertRule = { kind: 'disk_nearly_full', direction: 'below', raiseAt: 5, clearAt: 7, raiseAfterMs: 0, clearAfterMs: 10_000 };

/** Values ten seconds apart; what was news at each. */
function play(rule: AlertRule, values: readonly (number | null)[], stepMs = 10_000): (string | null)[] {
  let state: AlertState = QUIET;
  return values.map((value, n) => {
    const step = stepAlert(rule, state, { value, atMs: n * stepMs });
    state = step.state;
    return step.news;
  });
}

test.each<[string, AlertRule, (number | null)[], (string | null)[]]>([
  ['a value that stays high for long enough raises once', hot, [86, 86, 86, 86, 90, 90], [null, null, null, 'raised', null, null]],
  ['a peak does not', hot, [86, 86, 84, 86, 86], [null, null, null, null, null]],
  ['the limit itself counts', hot, [85, 85, 85, 85], [null, null, null, 'raised']],
  ['between the limits nothing is cleared', hot, [86, 86, 86, 86, 82, 82, 82, 82, 82], [null, null, null, 'raised', null, null, null, null, null]],
  ['it is cleared once it stayed low', hot, [86, 86, 86, 86, 79, 79, 79, 79, 79], [null, null, null, 'raised', null, null, null, 'cleared', null]],
  ['swinging around the limit raises once', hot, [86, 86, 86, 86, 79, 86, 79, 86, 79, 86], [null, null, null, 'raised', null, null, null, null, null, null]],
  ['unknown values change nothing', hot, [86, null, null, 86], [null, null, null, 'raised']],
  ['nothing known is nothing told', hot, [null, null, null], [null, null, null]],
  ['a low value raises where low is bad', low, [10, 5, 6, 8, 8, 8], [null, 'raised', null, null, 'cleared', null]],
])('%s', (_name, rule, values, expected) => {
  expect(play(rule, values)).toEqual(expected);
});

test('a machine that slept has not been hot meanwhile', () => {
  expect(play(hot, [86, 86, 86], 3_600_000)).toEqual([null, null, null]);
});
