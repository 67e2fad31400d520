import type { TFunction } from 'i18next';
import type { Alert, AlertKind } from '#contract/alerts.ts';
import type { SettingKey } from '#contract/settings.ts';
import { formatBytes, formatNumber, formatPercent } from '../../base/format.ts';

/** The setting that holds a rule's threshold; null where there is none. */
export const alertSettings: Record<AlertKind, SettingKey | null> = {
  gpu_temperature: 'alerts.temperatureCelsius',
  vram_nearly_full: 'alerts.vramPercent',
  power_throttling: 'alerts.throttleSeconds',
  gpu_lost: null,
  disk_nearly_full: 'alerts.diskFreePercent',
  ram_pressure: 'alerts.memoryPercent',
  out_of_memory: null,
};

const units: Record<AlertKind, (value: number) => string> = {
  gpu_temperature: (value) => `${formatNumber(value)} °C`,
  vram_nearly_full: formatPercent,
  power_throttling: (value) => `${formatNumber(value)} s`,
  gpu_lost: (value) => formatNumber(value),
  disk_nearly_full: formatBytes,
  ram_pressure: formatPercent,
  out_of_memory: formatBytes,
};

/** A value or threshold of an alert in its rule's own unit. */
export function formatAlertValue(kind: AlertKind, value: number | null): string {
  return value === null ? '–' : units[kind](value);
}

/** One sentence about an alert: what, where, and how far. */
export function toAlertSentence({ kind, subjectName, value, limit }: Pick<Alert, 'kind' | 'subjectName' | 'value' | 'limit'>, t: TFunction): string {
  return t(`gpus.alert.sentence.${kind}`, { subject: subjectName, value: formatAlertValue(kind, value), limit: formatAlertValue(kind, limit) });
}
