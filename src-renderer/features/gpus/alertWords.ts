import type { TFunction } from 'i18next';
import type { Alert, AlertKind } from '#contract/alerts.ts';
import { formatNumber, formatPercent } from '../../base/format.ts';

const units: Record<AlertKind, (value: number) => string> = {
  gpu_temperature: (value) => `${formatNumber(value)} °C`,
  vram_nearly_full: formatPercent,
  power_throttling: () => '–',
  gpu_lost: () => '–',
  disk_nearly_full: formatPercent,
  ram_pressure: formatPercent,
  out_of_memory: () => '–',
};

/** A value or threshold of an alert in its rule's own unit; a dash where the rule is yes or no. */
export function formatAlertValue(kind: AlertKind, value: number | null): string {
  return value === null ? '–' : units[kind](value);
}

/** One sentence about an alert: what, where, and how far. */
export function toAlertSentence({ kind, subjectName, value, limit }: Pick<Alert, 'kind' | 'subjectName' | 'value' | 'limit'>, t: TFunction): string {
  return t(`gpus.alert.sentence.${kind}`, { subject: subjectName, value: formatAlertValue(kind, value), limit: formatAlertValue(kind, limit) });
}
