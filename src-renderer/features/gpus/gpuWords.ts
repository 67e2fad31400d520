import type { TFunction } from 'i18next';
import type { Gpu, GpuReading } from '#contract/gpus.ts';
import { formatNumber } from '../../base/format.ts';

/** `21 of 24 W` and the like: what is measured, of what is allowed. */
export function formatOf(value: number | null, limit: number | null, unit: string): string {
  if (value === null) return '–';
  return limit === null ? `${formatNumber(value)} ${unit}` : `${formatNumber(value)} of ${formatNumber(limit)} ${unit}`;
}

export function formatOrDash(value: number | null, unit: string): string {
  return value === null ? '–' : `${formatNumber(value)} ${unit}`;
}

/** What holds the clocks down, in words; a dash while nothing does. */
export function toThrottleWords({ throttleReasons }: Pick<Gpu, 'throttleReasons'>, t: TFunction): string {
  if (throttleReasons === null) return t('gpus.unknown');
  return throttleReasons.length === 0 ? '–' : throttleReasons.map((reason) => t(`gpus.throttle.${reason}`)).join(', ');
}

/** What a sentence has to be said about: drivers that cannot be read or do not answer. */
export type SourceNote = { key: string; tone: 'stalled' | 'error'; vendor: string; via: string; ageMs: number; reason: string | null; kind: 'slow' | 'failed' };

/** One note a driver that is slow or failed; of a reading without sources, one for all. */
export function listSourceNotes({ state, sources }: Pick<GpuReading, 'state' | 'sources'>): SourceNote[] {
  if (sources === undefined) return state === 'slow' ? [{ key: 'all', kind: 'slow', tone: 'stalled', vendor: '', via: '', ageMs: 0, reason: null }] : [];
  return sources.flatMap(({ state: kind, vendor, via, ageMs, reason }): SourceNote[] => {
    if (kind !== 'slow' && kind !== 'failed') return [];
    return [{ key: `${vendor}.${via}`, kind, tone: kind === 'slow' ? 'stalled' : 'error', vendor, via, ageMs, reason }];
  });
}

/** Where a temperature begins to matter: near the device's own limit, or 90 °C where it has none. */
export function isHot({ temperatureCelsius, temperatureLimitCelsius }: Pick<Gpu, 'temperatureCelsius' | 'temperatureLimitCelsius'>): boolean {
  return temperatureCelsius !== null && temperatureCelsius >= (temperatureLimitCelsius ?? 95) - 5;
}
