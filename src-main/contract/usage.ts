import { z } from 'zod';
import { call } from './declare.ts';

/**
 * What requests came to. `stoppedCount`: those that their client, its user or the end of Wheelhouse broke off, which are no
 * failures. Latencies are sums, to be divided by their counts.
 */
const figures = z.object({
  requestCount: z.number(), failedCount: z.number(), stoppedCount: z.number(), promptTokens: z.number(), completionTokens: z.number(), cachedTokens: z.number(),
  firstTokenMsSum: z.number(), firstTokenCount: z.number(), totalMsSum: z.number(),
});

/** What one key did with one model on one day (UTC, `2026-01-31`). */
export const usageRow = figures.extend({ day: z.string(), keyId: z.string().nullable(), keyName: z.string(), model: z.string(), endpoint: z.string() });
export type UsageRow = z.infer<typeof usageRow>;

/** One side of the usage: `key` goes by the keys' names. */
export const usageGroup = z.enum(['day', 'key', 'model', 'endpoint']);
export type UsageGroup = z.infer<typeof usageGroup>;

/** What one day, key, model or endpoint came to. */
export const usageSum = figures.extend({ name: z.string() });
export type UsageSum = z.infer<typeof usageSum>;

/** Both days are included; without one there is no end on that side. */
const usageQuery = z.object({ fromDay: z.iso.date().optional(), toDay: z.iso.date().optional(), key: z.string().max(120).optional(), model: z.string().max(300).optional() });

export const usage = {
  list: call({ method: 'GET', path: '/usage', summary: 'Requests and tokens by day, key and model', input: usageQuery, output: z.array(usageRow) }),
  /** The newest day first; else whoever used the most tokens. */
  sums: call({ method: 'GET', path: '/usage/sums', summary: 'The same, summed by one of its sides', input: usageQuery.extend({ by: usageGroup.default('day') }), output: z.array(usageSum) }),
};
