import type { TFunction } from 'i18next';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Gpu } from '#contract/gpus.ts';
import { useApp } from '../../../app/appContext.tsx';
import type { CellEdit, EditField } from './editModel.ts';

const noGpus: readonly Gpu[] = [];

/** The GPUs of the last reading. */
export function useGpus(): readonly Gpu[] {
  return useStore(useApp().stores.gpus, ({ reading }) => reading?.gpus ?? noGpus);
}

/** Says a setting's value in words. */
export function useValueText(): (field: EditField, value: CellEdit['value']) => string {
  const { t } = useTranslation();
  const { gpus } = useApp().stores;
  return useCallback((field: EditField, value: CellEdit['value']) => {
    if (Array.isArray(value)) return gpuText(value, gpus.getState().reading?.gpus ?? noGpus, t);
    if (typeof value === 'boolean') return t(value ? 'instances.autostart.on' : 'instances.autostart.off');
    return plainText(field, value, t);
  }, [t, gpus]);
}

function plainText(field: EditField, value: string | number | null, t: TFunction): string {
  if (field === 'gpuIds') return t('instances.gpu.auto');
  if (field === 'port' && value === 'auto') return t('instances.port.auto');
  return value === null || value === '' ? t('instances.edit.empty') : String(value);
}

function gpuText(ids: readonly string[], gpus: readonly Gpu[], t: TFunction): string {
  if (ids.length === 0) return t('instances.gpu.none');
  return ids.map((id) => {
    const gpu = gpus.find((each) => each.id === id);
    return gpu === undefined ? t('instances.gpu.missing') : String(gpu.index);
  }).join(', ');
}
