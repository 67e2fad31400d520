import { expect, test } from 'vitest';
import type { UsageRow } from '#contract/usage.ts';
import { sumUsage } from './usageSums.ts';

const row = (set: Partial<UsageRow>): UsageRow => ({ day: '2026-01-01', keyId: null, keyName: 'none', model: 'a', endpoint: 'chat', requestCount: 1, failedCount: 0, promptTokens: 10, completionTokens: 5, cachedTokens: 0, firstTokenMsSum: 20, firstTokenCount: 1, totalMsSum: 100, ...set });
const rows = [row({}), row({ model: 'b', promptTokens: 100, firstTokenMsSum: 0, firstTokenCount: 0 }), row({ day: '2026-01-02', totalMsSum: 300, firstTokenMsSum: 60 })];

test('tokens are summed by model, the busiest first, and latencies are means of what was measured', () => {
  expect(sumUsage(rows, 'model')).toEqual([
    { name: 'b', requestCount: 1, failedCount: 0, promptTokens: 100, completionTokens: 5, firstTokenMs: null, totalMs: 100 },
    { name: 'a', requestCount: 2, failedCount: 0, promptTokens: 20, completionTokens: 10, firstTokenMs: 40, totalMs: 200 },
  ]);
});

test('days come newest first', () => {
  expect(sumUsage(rows, 'day').map(({ name }) => name)).toEqual(['2026-01-02', '2026-01-01']);
});
