import type { ApiKeySettings } from '#contract/apiKeys.ts';

export const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** What a key did lately. The lists hold the last minute, the oldest first. */
export interface KeyActivity {
  readonly requestTimesMs: readonly number[];
  readonly tokens: readonly { readonly atMs: number; readonly count: number }[];
  readonly tokensToday: number;
  readonly runningCount: number;
}

export type KeyLimits = Pick<ApiKeySettings, 'requestsPerMinute' | 'tokensPerMinute' | 'tokensPerDay' | 'concurrentRequests'>;

export type LimitDecision =
  | { readonly kind: 'within' }
  | { readonly kind: 'over'; readonly limit: keyof KeyLimits; readonly allowed: number; readonly retryAfterMs: number };

const SOON_MS = 1_000;

/** Decides whether a key may begin one more request now. Tokens count when they were used: a request that runs may go over. */
export function decideKeyLimit(limits: KeyLimits, activity: KeyActivity, nowMs: number): LimitDecision {
  const checks: readonly [keyof KeyLimits, (allowed: number) => number | null][] = [
    ['concurrentRequests', (allowed) => (activity.runningCount >= allowed ? SOON_MS : null)],
    ['requestsPerMinute', (allowed) => waitForRequests(allowed, activity, nowMs)],
    ['tokensPerMinute', (allowed) => waitForTokens(allowed, activity, nowMs)],
    ['tokensPerDay', (allowed) => (activity.tokensToday >= allowed ? DAY_MS - (nowMs % DAY_MS) : null)],
  ];
  for (const [limit, wait] of checks) {
    const allowed = limits[limit];
    const retryAfterMs = allowed === null ? null : wait(allowed);
    if (allowed !== null && retryAfterMs !== null) return { kind: 'over', limit, allowed, retryAfterMs };
  }
  return { kind: 'within' };
}

/** Until enough of them are older than a minute. */
function waitForRequests(allowed: number, { requestTimesMs }: KeyActivity, nowMs: number): number | null {
  const recent = requestTimesMs.filter((atMs) => atMs > nowMs - MINUTE_MS);
  const leaving = recent[recent.length - allowed];
  return leaving === undefined ? null : leaving + MINUTE_MS - nowMs;
}

function waitForTokens(allowed: number, { tokens }: KeyActivity, nowMs: number): number | null {
  const recent = tokens.filter(({ atMs }) => atMs > nowMs - MINUTE_MS);
  let sum = recent.reduce((total, { count }) => total + count, 0);
  if (sum < allowed) return null;
  for (const { atMs, count } of recent) {
    sum -= count;
    if (sum < allowed) return atMs + MINUTE_MS - nowMs;
  }
  return MINUTE_MS;
}
