import { expect, test } from 'vitest';
import { decideKeyLimit, type KeyActivity, type KeyLimits } from './keyLimitPolicy.ts';
import { matchesModel } from './modelPattern.ts';

const NOW_MS = 1_700_000_000_000;
const none: KeyLimits = { requestsPerMinute: null, tokensPerMinute: null, tokensPerDay: null, concurrentRequests: null };
const idle: KeyActivity = { requestTimesMs: [], tokens: [], tokensToday: 0, runningCount: 0 };
const over = (limit: keyof KeyLimits, allowed: number, retryAfterMs: number) => ({ kind: 'over', limit, allowed, retryAfterMs });

test.each<[string, Partial<KeyLimits>, Partial<KeyActivity>, unknown]>([
  ['no limit', {}, { runningCount: 1_000, tokensToday: 1e9 }, { kind: 'within' }],
  ['room for one more at once', { concurrentRequests: 2 }, { runningCount: 1 }, { kind: 'within' }],
  ['as many at once as may be', { concurrentRequests: 2 }, { runningCount: 2 }, over('concurrentRequests', 2, 1_000)],
  ['requests of a minute ago', { requestsPerMinute: 1 }, { requestTimesMs: [NOW_MS - 60_000] }, { kind: 'within' }],
  ['requests of this minute', { requestsPerMinute: 2 }, { requestTimesMs: [NOW_MS - 50_000, NOW_MS - 10_000] }, over('requestsPerMinute', 2, 10_000)],
  ['more than were allowed', { requestsPerMinute: 1 }, { requestTimesMs: [NOW_MS - 50_000, NOW_MS - 10_000] }, over('requestsPerMinute', 1, 50_000)],
  ['tokens of this minute', { tokensPerMinute: 100 }, { tokens: [{ atMs: NOW_MS - 40_000, count: 90 }, { atMs: NOW_MS - 5_000, count: 20 }] }, over('tokensPerMinute', 100, 20_000)],
  ['one request with too many tokens', { tokensPerMinute: 10 }, { tokens: [{ atMs: NOW_MS - 5_000, count: 500 }] }, over('tokensPerMinute', 10, 55_000)],
  ['the tokens of the day', { tokensPerDay: 10 }, { tokensToday: 10 }, over('tokensPerDay', 10, 86_400_000 - (NOW_MS % 86_400_000))],
])('%s', (_name, limits, activity, decision) => {
  expect(decideKeyLimit({ ...none, ...limits }, { ...idle, ...activity }, NOW_MS)).toEqual(decision);
});

test.each([
  [[], 'anything', true], [['demo'], 'demo', true], [['demo'], 'Demo', true], [['demo'], 'demo2', false], [['*'], 'org/x:Q4', true], [['org/*'], 'org/x:Q4', true], [['org/*'], 'other/org/x', false],
  [['*:Q4'], 'org/x:Q4', true], [['a*b*c'], 'aXbYc', true], [['a*b*c'], 'acb', false], [['ab*ab'], 'ab', false], [['x', '*y'], 'my', true], [['a.c'], 'abc', false],
])('patterns %o and the name %s: %s', (patterns, name, isMatch) => {
  expect(matchesModel(patterns, name)).toBe(isMatch);
});
