import type { ReactNode } from 'react';
import { formatAbsolute, formatRelative } from '../base/format.ts';
import { useNow } from '../base/useNow.ts';

/** A moment seen from now, the absolute one in the tooltip. */
export function RelativeTime({ atMs }: { atMs: number }): ReactNode {
  const nowMs = useNow();
  return <time dateTime={new Date(atMs).toISOString()} title={formatAbsolute(atMs)} className="tabular whitespace-nowrap">{formatRelative(Math.min(atMs, nowMs + 1), nowMs)}</time>;
}
