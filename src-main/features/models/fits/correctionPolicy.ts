/** A load as it was estimated and as it turned out. */
export interface MeasuredLoad { readonly estimatedBytes: number; readonly measuredBytes: number }

const LEAST = 0.8;
const MOST = 1.5;
export const KEPT_MEASUREMENTS = 5;

/** By how much estimates are off: the median of the last five, and never far. 1 while nothing was measured. */
export function decideCorrection(measured: readonly MeasuredLoad[]): number {
  const ratios = measured.filter(({ estimatedBytes, measuredBytes }) => estimatedBytes > 0 && measuredBytes > 0).slice(-KEPT_MEASUREMENTS).map(({ estimatedBytes, measuredBytes }) => measuredBytes / estimatedBytes).toSorted((a, b) => a - b);
  if (ratios.length === 0) return 1;
  const [low, high] = [ratios[Math.floor((ratios.length - 1) / 2)] ?? 1, ratios[Math.ceil((ratios.length - 1) / 2)] ?? 1];
  return Math.min(MOST, Math.max(LEAST, (low + high) / 2));
}
