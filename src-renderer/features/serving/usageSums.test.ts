import { expect, test } from 'vitest';
import type { UsageSum } from '#contract/usage.ts';
import { addUpUsage, toFromDay, toMeanMs } from './usageSums.ts';

const sum = (set: Partial<UsageSum>): UsageSum => ({ name: 'a', requestCount: 4, failedCount: 1, stoppedCount: 1, promptTokens: 10, completionTokens: 5, cachedTokens: 0, firstTokenMsSum: 20, firstTokenCount: 1, totalMsSum: 100, ...set });

test('what is listed comes to a total', () => {
  expect(addUpUsage([sum({}), sum({ promptTokens: 100, stoppedCount: 0 })])).toEqual({ requestCount: 8, failedCount: 2, stoppedCount: 1, promptTokens: 110, completionTokens: 10 });
});

test('a range counts today, and all has no first day', () => {
  const nowMs = Date.UTC(2026, 0, 10, 23);

  expect([toFromDay('7', nowMs), toFromDay('30', nowMs), toFromDay('all', nowMs)]).toEqual(['2026-01-04', '2025-12-12', undefined]);
});

test('latencies are means of what was measured', () => {
  expect([toMeanMs(90, 3), toMeanMs(0, 0)]).toEqual([30, null]);
});
