import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { GpuHistoryRange } from '#contract/gpuHistory.ts';
import type { GpuId } from '#contract/ids.ts';
import { useApp } from '../../app/appContext.tsx';
import { toProblem } from '../../client/problems.ts';
import type { Problem } from '../../client/problems.ts';

const HOUR_MS = 3_600_000;
/** How long each range is. */
export const rangeLengthMs = { '1h': HOUR_MS, '24h': 24 * HOUR_MS, '7d': 7 * 24 * HOUR_MS, '30d': 30 * 24 * HOUR_MS } as const;
export type RangeName = keyof typeof rangeLengthMs;
export const rangeNames = ['1h', '24h', '7d', '30d'] as const satisfies readonly RangeName[];

/** A part of the past that was zoomed into. */
export interface Zoom { fromMs: number; toMs: number }

const POINTS = 600;
const LEAST_REFRESH_MS = 10_000;

export interface ShownHistory { data: GpuHistoryRange; fromMs: number; toMs: number }

/** A device's course over a range that ends now, kept up to date, or over what was zoomed into; the last stays while the next is read. */
export function useHistory(gpuId: GpuId, range: RangeName, zoom: Zoom | null): { shown: ShownHistory | null; problem: Problem | null } {
  const { t } = useTranslation();
  const { client } = useApp();
  const [shown, setShown] = useState<ShownHistory | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    let isGone = false;
    const ask = (): void => {
      const nowMs = Date.now();
      const { fromMs, toMs } = zoom ?? { fromMs: nowMs - rangeLengthMs[range], toMs: nowMs };
      client.gpuHistory.query({ gpuId, fromMs, toMs, points: POINTS }).then((data) => {
        if (isGone) return;
        setShown({ data, fromMs, toMs });
        setProblem(null);
      }, (error: unknown) => { if (!isGone) setProblem(toProblem(error, t)); });
    };
    ask();
    const timer = zoom === null ? setInterval(ask, Math.max(LEAST_REFRESH_MS, rangeLengthMs[range] / POINTS)) : undefined;
    return () => {
      isGone = true;
      clearInterval(timer);
    };
  }, [client, gpuId, range, zoom, t]);
  return { shown, problem };
}
