import type { BlueprintHeader } from '#contract/blueprintHeader.ts';
import type { Failure } from './lifeState.ts';

export type RestartRules = BlueprintHeader['restart'];

/** How long an instance must have been up for its next failure to count as a first one. */
export const STEADY_AFTER_MS = 30_000;
const JITTER_SHARE = 0.2;

/** An end of a run that nobody asked for. */
export interface UnwantedEnd {
  readonly failure: Failure;
  /** False for an end before readiness, and where the app had gone while its script lived: then exit code 0 is no success. */
  readonly canBeSuccess: boolean;
  readonly readyAtMs: number | null;
}

export type RestartDecision =
  | { readonly kind: 'stopped'; readonly exitCode: number | null }
  | { readonly kind: 'error'; readonly failure: Failure; readonly failedAtMs: readonly number[] }
  | { readonly kind: 'backoff'; readonly retryAtMs: number; readonly failure: Failure; readonly attempt: number; readonly failedAtMs: readonly number[] };

/**
 * Decides what follows an end that nobody asked for: rest, error, or another try after 1, 2, 4 … seconds with jitter.
 * `random` is from 0 to 1; the wait is up to a fifth longer than the plain one.
 */
export function decideRestart(
  end: UnwantedEnd, rules: RestartRules,
  { attempt, failedAtMs, nowMs, random }: { attempt: number; failedAtMs: readonly number[]; nowMs: number; random: number },
): RestartDecision {
  const isSuccess = end.canBeSuccess && isGoodExit(end.failure, rules.exitOk);
  if (isSuccess && rules.policy !== 'always') return { kind: 'stopped', exitCode: end.failure.exitCode };
  if (rules.policy === 'never') return { kind: 'error', failure: end.failure, failedAtMs };
  const recent = [...failedAtMs.filter((atMs) => nowMs - atMs < rules.windowSeconds * 1_000), nowMs];
  if (recent.length > rules.max) {
    return { kind: 'error', failure: { ...end.failure, cause: 'restart_limit', subject: end.failure.cause }, failedAtMs: recent };
  }
  const wasSteady = end.readyAtMs !== null && nowMs - end.readyAtMs >= STEADY_AFTER_MS;
  const tries = wasSteady ? 0 : attempt;
  return { kind: 'backoff', retryAtMs: nowMs + planBackoffMs(tries, rules, random), failure: end.failure, attempt: tries + 1, failedAtMs: recent };
}

/** The wait before the try after `attempt` earlier ones. */
export function planBackoffMs(attempt: number, { backoffSeconds, backoffMaxSeconds }: Pick<RestartRules, 'backoffSeconds' | 'backoffMaxSeconds'>, random: number): number {
  const plainMs = Math.min(backoffSeconds * 2 ** Math.min(attempt, 30), backoffMaxSeconds) * 1_000;
  return Math.round(plainMs * (1 + JITTER_SHARE * random));
}

function isGoodExit({ exitCode, signal }: Failure, exitOk: readonly number[]): boolean {
  return signal === null && exitCode !== null && (exitCode === 0 || exitOk.includes(exitCode));
}
