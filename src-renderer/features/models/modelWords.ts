import type { TFunction } from 'i18next';
import type { Fit } from '#contract/fits.ts';
import type { FitAdvice } from '#contract/fits.ts';
import type { ModelVersion } from '#contract/models.ts';
import { formatBytes, formatNumber } from '../../base/format.ts';
import type { Tone } from '../../ui/tone.ts';

export const healthTone: Record<ModelVersion['health'], Tone> = { ok: 'ok', verifying: 'busy', missing: 'error', changed: 'stalled', quarantined: 'error', unreadable: 'error' };
export const fitTone: Record<Fit['verdict'], Tone> = { fits: 'ok', partly: 'stalled', no: 'error', unknown: 'idle' };

/** `7.6 B`, `360 M`: how many parameters a model has. */
export function formatParameters(count: number | null): string {
  if (count === null) return '–';
  if (count >= 1e9) return `${formatNumber(count / 1e9, 1)} B`;
  if (count < 1e3) return formatNumber(count);
  return count >= 1e6 ? `${formatNumber(count / 1e6, count < 1e7 ? 1 : 0)} M` : `${formatNumber(count / 1e3)} K`;
}

/** `32 K`, `1 M`: a number of tokens, short. */
export function formatTokens(count: number | null): string {
  if (count === null) return '–';
  if (count >= 1_048_576) return `${formatNumber(count / 1_048_576, count % 1_048_576 === 0 ? 0 : 1)} M`;
  return count >= 1_024 ? `${formatNumber(count / 1_024, count % 1_024 === 0 ? 0 : 1)} K` : formatNumber(count);
}

/** What would make a model fit, as one sentence. */
export function toAdviceSentence(advice: FitAdvice, t: TFunction): string {
  switch (advice.kind) {
    case 'context': return t('models.advice.context', { tokens: formatTokens(advice.contextTokens) });
    case 'kv_type': return t('models.advice.kv_type', { type: advice.kvType });
    case 'layers': return t('models.advice.layers', { count: advice.gpuLayers });
    case 'quantisation': return t('models.advice.quantisation', { label: advice.quantisation });
    case 'stop': return t('models.advice.stop', { name: advice.holder.name, size: formatBytes(advice.freesBytes) });
    case 'memory': return t('models.advice.memory', { size: formatBytes(advice.missingBytes) });
  }
}

export function toSourceWords({ source, storage }: ModelVersion, t: TFunction): string {
  switch (source.kind) {
    case 'hub': return `${source.repo} · ${source.commit.slice(0, 8)}`;
    case 'import': return t(`models.source.import_${source.how}`, { path: source.path });
    case 'cache': return t(`models.source.cache_${source.cache}`, { reference: source.reference });
    case 'stock': return t('models.source.stock');
    case 'made': return t(`models.source.made_${source.by}`, { job: source.jobId, storage });
  }
}
