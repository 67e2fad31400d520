import type { TransferFailure } from './transferFailure.ts';

export type PartRetry = { kind: 'retry'; delayMs: number } | { kind: 'giveUp' };

const MOST_FAILURES = 4;
const FIRST_DELAY_MS = 250;

/** Whether a part is asked for again at once. `failures` counts attempts in a row that brought no byte. */
export function decidePartRetry({ failure, failures }: { failure: TransferFailure; failures: number }): PartRetry {
  if (failure.problem !== 'unreachable' || failure.retryAfterMs !== null || failures >= MOST_FAILURES) return { kind: 'giveUp' };
  return { kind: 'retry', delayMs: failures === 0 ? 0 : FIRST_DELAY_MS * 2 ** (failures - 1) };
}

/** `Retry-After` in seconds or as a date; null when it is neither. */
export function parseRetryAfter(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  const delayMs = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - nowMs;
  return Number.isFinite(delayMs) ? Math.max(0, delayMs) : null;
}
