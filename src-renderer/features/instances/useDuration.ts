import { formatDuration } from '../../base/format.ts';
import { useTicking } from './tick.ts';

/** How long ago something was, as words that stay true while they are on screen. */
export function useDurationSince(sinceMs: number | null): string | null {
  return useTicking((nowMs) => (sinceMs === null ? null : formatDuration(Math.max(0, nowMs - sinceMs))));
}
