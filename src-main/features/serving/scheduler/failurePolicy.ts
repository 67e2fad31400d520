import type { LoadFailure } from '#contract/serving.ts';
import type { EngineExit } from '../engines/enginePort.ts';
import { LEAST_CONTEXT_TOKENS, TIMING } from './timing.ts';
import type { Recovery } from './schedulerState.ts';

/** How long after the nth failure in a row the next try waits: 5 s, doubled each time, at most 5 minutes. */
export function toBackoffMs(failureCount: number): number {
  return Math.min(TIMING.backoffMostMs, TIMING.backoffFirstMs * 2 ** Math.max(0, failureCount - 1));
}

/** What an exit while loading says; `crashed` is what ended too often after that. */
export function toLoadFailure(exit: Pick<EngineExit, 'failure'>): LoadFailure {
  return exit.failure ?? 'unknown';
}

/** The last line that says something, for people. */
export function toDetail({ tail, code, signal }: Pick<EngineExit, 'tail' | 'code' | 'signal'>): string {
  const line = tail.toReversed().find((text) => /error|fail|memory|unable|cannot|abort/i.test(text)) ?? tail.at(-1);
  return line?.trim().slice(0, 500) ?? `it ended with ${signal ?? `code ${code ?? 'unknown'}`}`;
}

export type RecoveryStep =
  | { readonly kind: 'retry'; readonly recovery: Recovery; readonly contextLimit: number | null }
  | { readonly kind: 'give_up' };

/** What comes after an engine ran out of memory: once more with the device cleared, once with half of an automatic context, then no more. */
export function decideRecovery({ recovery, contextTokens, isAutomatic, contextLimit }: { recovery: Recovery; contextTokens: number; isAutomatic: boolean; contextLimit: number | null }): RecoveryStep {
  if (recovery === 'none') return { kind: 'retry', recovery: 'cleared', contextLimit };
  const half = toSmallerContext(contextTokens);
  if (recovery === 'cleared' && isAutomatic && half !== null) return { kind: 'retry', recovery: 'shrunk', contextLimit: half };
  return { kind: 'give_up' };
}

/** Half of a context, in steps of 256; null when it is small enough already. */
export function toSmallerContext(contextTokens: number): number | null {
  if (contextTokens <= LEAST_CONTEXT_TOKENS) return null;
  return Math.max(LEAST_CONTEXT_TOKENS, Math.floor(contextTokens / 512) * 256);
}

/** The crashes that still count, the new one among them, and whether they are too many. */
export function countCrash(crashesAtMs: readonly number[], nowMs: number): { crashesAtMs: number[]; isTooMany: boolean } {
  const recent = [...crashesAtMs.filter((atMs) => nowMs - atMs < TIMING.crashWindowMs), nowMs];
  return { crashesAtMs: recent, isTooMany: recent.length >= TIMING.crashLimit };
}
