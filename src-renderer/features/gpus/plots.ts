import type { GpuSeries } from '#contract/gpuHistory.ts';
import type { Gpu } from '#contract/gpus.ts';
import { formatNumber, formatPercent } from '../../base/format.ts';
import type { PlotSeries } from './HistoryPlot.tsx';

const GIB = 1024 ** 3;

/** One plot of a device's history: its lines, its top, and how its values are said. */
export interface Plot {
  key: 'utilization' | 'memory' | 'temperature' | 'power';
  lines: readonly PlotSeries[];
  max: number | null;
  format: (value: number) => string;
}

const toGib = (values: readonly (number | null)[]): (number | null)[] => values.map((bytes) => (bytes === null ? null : bytes / GIB));

/** The plots of a device in their order; memory in GiB. */
export function toPlots(series: GpuSeries | undefined, { totalBytes, powerLimitWatts }: Pick<Gpu, 'totalBytes' | 'powerLimitWatts'>): Plot[] {
  if (series === undefined) return [];
  const lowest = (values: readonly (number | null)[], floor: number): number => values.reduce((most: number, value) => Math.max(most, value ?? 0), floor);
  return [
    { key: 'utilization', max: 100, format: formatPercent, lines: [{ key: 'utilization', token: 'accent', values: series.utilizationPercent }, { key: 'throttled', token: 'stalled', isDashed: true, values: series.throttledPercent }] },
    { key: 'memory', max: totalBytes / GIB || null, format: (value) => `${formatNumber(value, 1)} GiB`, lines: [{ key: 'used', token: 'accent', values: toGib(series.usedBytes) }, { key: 'peak', token: 'busy', isDashed: true, values: toGib(series.usedPeakBytes) }] },
    { key: 'temperature', max: lowest(series.temperatureCelsius, 100), format: (value) => `${formatNumber(value)} °C`, lines: [{ key: 'temperature', token: 'accent', values: series.temperatureCelsius }] },
    { key: 'power', max: lowest(series.powerWatts, powerLimitWatts ?? 1) * 1.05, format: (value) => `${formatNumber(value)} W`, lines: [{ key: 'power', token: 'accent', values: series.powerWatts }] },
  ];
}
