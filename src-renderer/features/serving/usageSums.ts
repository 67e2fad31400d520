import type { UsageSum } from '#contract/usage.ts';

export type UsageTotal = Pick<UsageSum, 'requestCount' | 'failedCount' | 'stoppedCount' | 'promptTokens' | 'completionTokens'>;

/** How far back the usage goes: so many days with today, or all that is kept. */
export const usageRanges = ['7', '30', '90', 'all'] as const;
export type UsageRange = (typeof usageRanges)[number];

const DAY_MS = 86_400_000;

/** The first day of a range; days are counted in UTC. Undefined for all. */
export function toFromDay(range: UsageRange, nowMs: number): string | undefined {
  return range === 'all' ? undefined : new Date(nowMs - (Number(range) - 1) * DAY_MS).toISOString().slice(0, 10);
}

/** What a list comes to. */
export function addUpUsage(sums: readonly UsageSum[]): UsageTotal {
  const total = (pick: (sum: UsageSum) => number): number => sums.reduce((all, sum) => all + pick(sum), 0);
  return {
    requestCount: total((sum) => sum.requestCount), failedCount: total((sum) => sum.failedCount), stoppedCount: total((sum) => sum.stoppedCount),
    promptTokens: total((sum) => sum.promptTokens), completionTokens: total((sum) => sum.completionTokens),
  };
}

/** The mean of what was measured; null where nothing was. */
export function toMeanMs(sumMs: number, count: number): number | null {
  return count === 0 ? null : sumMs / count;
}
