import { formatDuration, formatRelative } from '../../base/format.ts';
import { useTicking } from './tick.ts';

/** How long ago something was, as words that stay true while they are on screen. */
export function useDurationSince(sinceMs: number | null): string | null {
  return useTicking((nowMs) => (sinceMs === null ? null : formatDuration(Math.max(0, nowMs - sinceMs))));
}

/** A moment as seen from now: `5 min. ago`. */
export function useRelative(atMs: number | null): string | null {
  return useTicking((nowMs) => (atMs === null ? null : formatRelative(atMs, nowMs)));
}
