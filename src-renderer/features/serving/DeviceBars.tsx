import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { ServedModel, ServingSnapshot } from '#contract/serving.ts';
import { useApp } from '../../app/appContext.tsx';
import { formatBytes, formatBytesOf } from '../../base/format.ts';

interface Part { key: string; name: string; bytes: number }
interface Device { id: string; title: string; totalBytes: number; freeBytes: number; parts: readonly Part[] }

const looks = ['bg-accent', 'bg-ok', 'bg-busy', 'bg-stalled', 'bg-stopping'];

/** Who holds the memory of each device, as the ledger sees it; RAM where models live there. */
export function DeviceBars({ snapshot }: { snapshot: ServingSnapshot }): ReactNode {
  const { t } = useTranslation();
  const devices = useDevices(snapshot.models);
  return (
    <ul aria-label={t('serving.devices')} className="flex shrink-0 flex-wrap gap-x-6 gap-y-2 border-b border-line px-3 py-2">
      {devices.map(({ id, title, totalBytes, freeBytes, parts }) => (
        <li key={id} className="min-w-60 flex-1">
          <div className="flex justify-between gap-3"><span className="truncate">{title}</span><span className="tabular shrink-0 text-muted">{t('serving.free', { free: formatBytesOf(freeBytes, totalBytes) })}</span></div>
          <div className="flex h-2 overflow-hidden rounded-sm bg-line" role="img" aria-label={parts.map(({ name, bytes }) => `${name} ${formatBytes(bytes)}`).join(', ') || t('serving.nothingLoaded')}>
            {parts.map(({ key, name, bytes }, index) => <span key={key} title={`${name}: ${formatBytes(bytes)}`} className={looks[index % looks.length]} style={{ width: `${bytes / Math.max(1, totalBytes) * 100}%` }} />)}
          </div>
        </li>
      ))}
    </ul>
  );
}

function useDevices(models: readonly ServedModel[]): Device[] {
  const { t } = useTranslation();
  const { stores } = useApp();
  const ledger = useStore(stores.leases, (state) => state.ledger);
  const memory = useStore(stores.workstation, ({ reading }) => reading);
  const gpus = (ledger?.devices ?? []).map(({ gpuId, index, name, totalBytes, freeBytes }): Device => ({
    id: gpuId, title: t('serving.gpu', { index, name }), totalBytes, freeBytes,
    parts: (ledger?.leases ?? []).flatMap(({ id, holder, shares }) => shares.filter((share) => share.gpuId === gpuId).map(({ bytes }) => ({ key: id, name: holder.name, bytes }))),
  }));
  const inRam = models.filter(({ ramBytes, state }) => ramBytes > 0 && state !== 'unloaded').map(({ configId, name, ramBytes }) => ({ key: configId, name, bytes: ramBytes }));
  if (memory === null) return gpus;
  return [...gpus, { id: 'ram', title: t('serving.ram'), totalBytes: memory.memoryTotalBytes, freeBytes: memory.memoryTotalBytes - memory.memoryUsedBytes, parts: inRam }];
}
