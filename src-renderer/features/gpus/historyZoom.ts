import type { Zoom } from './useHistory.ts';

const LEAST_MS = 30_000;
const MOST_MS = 30 * 24 * 3_600_000;

/** A range made longer or shorter around a moment that keeps its place; never under half a minute or over thirty days. */
export function zoomBy({ fromMs, toMs }: Zoom, factor: number, aroundMs: number): Zoom {
  const lengthMs = Math.min(MOST_MS, Math.max(LEAST_MS, (toMs - fromMs) * factor));
  const place = (aroundMs - fromMs) / Math.max(1, toMs - fromMs);
  return { fromMs: aroundMs - place * lengthMs, toMs: aroundMs + (1 - place) * lengthMs };
}
