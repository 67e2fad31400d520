import { z } from 'zod';
import { call } from './declare.ts';

/** What one key did with one model on one day (UTC, `2026-01-31`). Latencies are sums, to be divided by their counts. */
export const usageRow = z.object({
  day: z.string(), keyId: z.string().nullable(), keyName: z.string(), model: z.string(), endpoint: z.string(),
  requestCount: z.number(), failedCount: z.number(), promptTokens: z.number(), completionTokens: z.number(), cachedTokens: z.number(),
  firstTokenMsSum: z.number(), firstTokenCount: z.number(), totalMsSum: z.number(),
});
export type UsageRow = z.infer<typeof usageRow>;

export const usageGroup = z.enum(['day', 'key', 'model', 'endpoint']);

export const usage = {
  list: call({ method: 'GET', path: '/usage', summary: 'Requests and tokens by day, key and model', input: z.object({ fromDay: z.iso.date().optional(), toDay: z.iso.date().optional(), key: z.string().max(120).optional(), model: z.string().max(300).optional() }), output: z.array(usageRow) }),
};
