import type { AlertKind } from '#contract/alerts.ts';

/** When an alert is raised and when it is cleared. Between the two limits nothing changes: that is the hysteresis. */
export interface AlertRule {
  readonly kind: AlertKind;
  /** `above` raises at a high value, `below` at a low one. */
  readonly direction: 'above' | 'below';
  readonly raiseAt: number;
  readonly clearAt: number;
  /** How long the value must stay there. */
  readonly raiseAfterMs: number;
  readonly clearAfterMs: number;
}

/** Where one rule stands for one subject. `sinceMs`: since when the value asks for the other side, on a clock that only grows. */
export type AlertState =
  | { readonly kind: 'quiet' | 'raised'; readonly lastMs: number }
  | { readonly kind: 'rising' | 'falling'; readonly sinceMs: number; readonly lastMs: number };

export const QUIET: AlertState = { kind: 'quiet', lastMs: Number.NEGATIVE_INFINITY };

/** What was not looked at for so long says nothing of the time between: a machine slept. */
const LONGEST_PAUSE_MS = 60_000;

/** One look at a value: where the rule stands then, and whether that is news. A value that is not known changes nothing. Decides only. */
export function stepAlert(rule: AlertRule, state: AlertState, { value, atMs }: { value: number | null; atMs: number }): { readonly state: AlertState; readonly news: 'raised' | 'cleared' | null } {
  if (value === null) return { state, news: null };
  const isRaised = state.kind === 'raised' || state.kind === 'falling';
  const isAsking = isRaised ? hasCleared(rule, value) : hasReached(rule, value);
  if (!isAsking) return { state: { kind: isRaised ? 'raised' : 'quiet', lastMs: atMs }, news: null };
  const sinceMs = getSince(state, atMs);
  const patienceMs = isRaised ? rule.clearAfterMs : rule.raiseAfterMs;
  if (atMs - sinceMs < patienceMs) return { state: { kind: isRaised ? 'falling' : 'rising', sinceMs, lastMs: atMs }, news: null };
  return isRaised ? { state: { kind: 'quiet', lastMs: atMs }, news: 'cleared' } : { state: { kind: 'raised', lastMs: atMs }, news: 'raised' };
}

function getSince(state: AlertState, atMs: number): number {
  const hasPaused = atMs - state.lastMs > LONGEST_PAUSE_MS;
  return 'sinceMs' in state && !hasPaused ? state.sinceMs : atMs;
}

function hasReached({ direction, raiseAt }: AlertRule, value: number): boolean {
  return direction === 'above' ? value >= raiseAt : value <= raiseAt;
}

function hasCleared({ direction, clearAt }: AlertRule, value: number): boolean {
  return direction === 'above' ? value <= clearAt : value >= clearAt;
}
