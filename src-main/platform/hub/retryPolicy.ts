/** How an attempt ended. `retryAfterMs` is what the other side asked for. */
export type AttemptEnd = { kind: 'status'; status: number; retryAfterMs: number | null } | { kind: 'broken' };

const MAX_RETRIES = 3;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;

/** How long to wait before the next attempt; null when there shall be none. Somebody looks at a window meanwhile. */
export function planRetry(end: AttemptEnd, retriesBefore: number): number | null {
  if (retriesBefore >= MAX_RETRIES) return null;
  const waitMs = FIRST_WAIT_MS * 2 ** retriesBefore;
  if (end.kind === 'broken') return waitMs;
  const isPassing = end.status === 429 || end.status === 408 || end.status >= 500;
  const wantedMs = end.retryAfterMs ?? waitMs;
  return isPassing && wantedMs <= LONGEST_WAIT_MS ? Math.max(wantedMs, end.retryAfterMs === null ? waitMs : 0) : null;
}

/**
 * What an answer says about when to come back, in milliseconds; null when nothing.
 * Source: https://huggingface.co/docs/hub/rate-limits (`RateLimit: "api";r=0;t=55`) and RFC 9110, 10.2.3, seconds or a date.
 */
export function readRetryAfterMs(headers: Headers, nowMs: number): number | null {
  const text = headers.get('retry-after')?.trim();
  if (text !== undefined && /^\d+$/.test(text)) return Number(text) * 1000;
  const dateMs = text === undefined ? Number.NaN : Date.parse(text);
  if (!Number.isNaN(dateMs)) return Math.max(0, dateMs - nowMs);
  const [, remaining, seconds] = /;\s*r\s*=\s*(\d+)\s*;\s*t\s*=\s*(\d+)/.exec(headers.get('ratelimit') ?? '') ?? [];
  return remaining === '0' && seconds !== undefined ? Number(seconds) * 1000 : null;
}
