import type { UsageRow } from '#contract/usage.ts';

export interface UsageSum { name: string; requestCount: number; failedCount: number; promptTokens: number; completionTokens: number; firstTokenMs: number | null; totalMs: number | null }
export type UsageBy = 'day' | 'keyName' | 'model';

/** Rows summed by one of their sides, the one with the most tokens first; days newest first. Latencies are means. */
export function sumUsage(rows: readonly UsageRow[], by: UsageBy): UsageSum[] {
  const sums = Object.entries(Object.groupBy(rows, (row) => row[by])).map(([name, part = []]) => toSum(name, part));
  return sums.toSorted((left, right) => (by === 'day' ? right.name.localeCompare(left.name) : right.promptTokens + right.completionTokens - left.promptTokens - left.completionTokens));
}

function toSum(name: string, rows: readonly UsageRow[]): UsageSum {
  const total = (pick: (row: UsageRow) => number): number => rows.reduce((sum, row) => sum + pick(row), 0);
  const requestCount = total((row) => row.requestCount);
  const firstTokenCount = total((row) => row.firstTokenCount);
  return {
    name, requestCount, failedCount: total((row) => row.failedCount), promptTokens: total((row) => row.promptTokens), completionTokens: total((row) => row.completionTokens),
    firstTokenMs: firstTokenCount === 0 ? null : total((row) => row.firstTokenMsSum) / firstTokenCount, totalMs: requestCount === 0 ? null : total((row) => row.totalMsSum) / requestCount,
  };
}
