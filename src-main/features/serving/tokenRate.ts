/** What took less says nothing of a rate. */
const LEAST_RATED_MS = 50;

/** Tokens per second, to a tenth; null for what was too short to tell. */
export function toTokenRate(tokens: number, tookMs: number): number | null {
  return tokens < 1 || tookMs < LEAST_RATED_MS ? null : Math.round((tokens / tookMs) * 10_000) / 10;
}
