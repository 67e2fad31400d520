import { TIMING } from './timing.ts';
import type { Unit } from './schedulerState.ts';

/** How long a model stays without requests, in seconds; null for ever. A request's own wish wins, then the configuration, then the setting. */
export function toKeepSeconds({ keepSeconds, config }: Pick<Unit, 'keepSeconds' | 'config'>, ttlSeconds: number): number | null {
  if (config.isPinned) return null;
  const seconds = keepSeconds ?? config.ttlSeconds ?? ttlSeconds;
  return seconds < 0 ? null : seconds;
}

/** When an idle model is to go, counted from the end of its last request or from its load; null when it is not idle or stays. */
export function toUnloadAtMs(unit: Pick<Unit, 'keepSeconds' | 'config' | 'phase' | 'lastUsedAtMs'>, ttlSeconds: number): number | null {
  if (unit.phase.kind !== 'ready') return null;
  const seconds = toKeepSeconds(unit, ttlSeconds);
  return seconds === null ? null : Math.max(unit.phase.residentSinceMs, unit.lastUsedAtMs ?? 0) + seconds * 1_000;
}

/** Whether a load shows no life any more. */
export function isStalled({ phase }: Pick<Unit, 'phase'>, nowMs: number): boolean {
  return phase.kind === 'loading' && nowMs - phase.signAtMs >= TIMING.stallMs;
}
