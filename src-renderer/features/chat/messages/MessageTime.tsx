import type { ReactNode } from 'react';
import { formatAbsolute, formatClock } from '../../../base/format.ts';
import { useNow } from '../../../base/useNow.ts';

const MINUTE_MS = 60_000;

/** When something was said: the time of today, the day as well of others. */
export function MessageTime({ atMs }: { atMs: number }): ReactNode {
  const nowMs = useNow(MINUTE_MS);
  return <time dateTime={new Date(atMs).toISOString()} title={formatAbsolute(atMs)} className="tabular whitespace-nowrap">{formatClock(atMs, nowMs)}</time>;
}
