import type { TFunction } from 'i18next';
import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { ServedModel, ServingRequest } from '#contract/serving.ts';
import { formatNumber } from '../../base/format.ts';
import type { Tone } from '../../ui/tone.ts';
import { isOff } from './engineGroups.ts';

export const engineTone: Record<ServedModel['state'], Tone> = { unloaded: 'idle', queued: 'busy', loading: 'busy', ready: 'ok', busy: 'accent', draining: 'stopping', unloading: 'stopping', failed: 'error' };
export const problemTone: Record<NonNullable<ModelConfig['problem']>, Tone> = { model_gone: 'error', no_engine: 'stalled', unsupported_format: 'stalled', disabled: 'idle', quarantined: 'error' };
export const requestTone: Record<ServingRequest['state'], Tone> = { queued: 'busy', waiting_load: 'busy', prefill: 'accent', generating: 'accent', done: 'ok', failed: 'error', cancelled: 'idle' };

/** `14.1`, `505`: tokens a second, without the unit. */
export function formatRate(tokensPerSecond: number | null): string {
  return tokensPerSecond === null ? '–' : formatNumber(tokensPerSecond, tokensPerSecond < 100 ? 1 : 0);
}

/** Where a model is: `GPU 0, 1`, `GPU 0 + CPU`, `CPU`; a dash while it is nowhere. */
export function toPlaceWords({ state, engine, gpuIds, gpuLayers, layerCount }: ServedModel, indexOf: (gpuId: string) => number | undefined, t: TFunction): string {
  if (isOff({ state }) || state === 'queued') return '–';
  if (engine === 'external') return t('serving.elsewhere');
  if (gpuIds.length === 0) return t('serving.cpu');
  const gpus = t('serving.gpuIndices', { indices: gpuIds.map((id) => indexOf(id) ?? '?').join(', ') });
  return gpuLayers !== null && layerCount !== null && gpuLayers < layerCount ? `${gpus} + ${t('serving.cpu')}` : gpus;
}

/** Why it failed; of an engine that ended while loading, what it said itself. */
export function toFailureWords({ failure, failureDetail }: Pick<ServedModel, 'failure' | 'failureDetail'>, t: TFunction): string | null {
  const said = failure === 'unknown' ? failureDetail?.replace(/^error:\s*/i, '') : undefined;
  return said ?? (failure === null ? null : t(`serving.failure.${failure}`));
}
