import type { Clock } from '../../../base/clock.ts';
import { toDisposable, type Disposable } from '../../../base/disposables.ts';
import { decideKeyLimit, MINUTE_MS, type KeyLimits, type LimitDecision } from './keyLimitPolicy.ts';

interface Activity { requestTimesMs: number[]; tokens: { atMs: number; count: number }[]; runningCount: number }

interface LimiterDeps {
  clock: Clock;
  /** Tokens in and out that a key has used since midnight, UTC. */
  readTokensToday: (keyId: string) => number;
}

export type Admission = { readonly kind: 'admitted'; readonly place: Disposable } | Extract<LimitDecision, { kind: 'over' }>;

/** Counts what each key does, in memory: after a restart only the day's tokens are still known. */
export class KeyLimiter {
  readonly #deps: LimiterDeps;
  readonly #activities = new Map<string, Activity>();

  constructor(deps: LimiterDeps) {
    this.#deps = deps;
  }

  /** Admits a request, which counts from now until its place is disposed of, or says how long to wait. */
  admit(keyId: string, limits: KeyLimits): Admission {
    const nowMs = this.#deps.clock.nowMs();
    const activity = this.#activityOf(keyId, nowMs);
    const tokensToday = limits.tokensPerDay === null ? 0 : this.#deps.readTokensToday(keyId);
    const decision = decideKeyLimit(limits, { ...activity, tokensToday }, nowMs);
    if (decision.kind === 'over') return decision;
    activity.requestTimesMs.push(nowMs);
    activity.runningCount += 1;
    return { kind: 'admitted', place: toDisposable(() => { activity.runningCount -= 1; }) };
  }

  /** Counts what a request used. */
  addTokens(keyId: string, count: number): void {
    const nowMs = this.#deps.clock.nowMs();
    if (count > 0) this.#activityOf(keyId, nowMs).tokens.push({ atMs: nowMs, count });
  }

  #activityOf(keyId: string, nowMs: number): Activity {
    const activity = this.#activities.get(keyId) ?? { requestTimesMs: [], tokens: [], runningCount: 0 };
    this.#activities.set(keyId, activity);
    dropBefore(activity.requestTimesMs, (atMs) => atMs <= nowMs - MINUTE_MS);
    dropBefore(activity.tokens, ({ atMs }) => atMs <= nowMs - MINUTE_MS);
    return activity;
  }
}

function dropBefore<T>(items: T[], isOld: (item: T) => boolean): void {
  const kept = items.findIndex((item) => !isOld(item));
  items.splice(0, kept < 0 ? items.length : kept);
}
