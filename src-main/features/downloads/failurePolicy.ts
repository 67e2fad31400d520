import type { TransferFailure } from '../../platform/transfer/transferFailure.ts';

export type AfterFailure = { kind: 'wait'; delayMs: number } | { kind: 'lookAgain' } | { kind: 'fail' };

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 5 * 60_000;
const MOST_ATTEMPTS = 12;
const MOST_LOOKS = 3;

/** What follows when a file did not come. `attempt` counts failures in a row without a byte between them. */
export function decideAfterFailure({ failure, attempt, isPinned }: { failure: Pick<TransferFailure, 'problem' | 'retryAfterMs'>; attempt: number; isPinned: boolean }): AfterFailure {
  if (failure.problem === 'changed_upstream') return isPinned || attempt > MOST_LOOKS ? { kind: 'fail' } : { kind: 'lookAgain' };
  if (failure.problem !== 'unreachable' && failure.problem !== 'rate_limited') return { kind: 'fail' };
  if (attempt >= MOST_ATTEMPTS) return { kind: 'fail' };
  const backoffMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, attempt - 1));
  return { kind: 'wait', delayMs: failure.retryAfterMs ?? backoffMs };
}
