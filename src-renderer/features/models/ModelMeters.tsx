import { Cpu, Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { useApp } from '../../app/appContext.tsx';
import { toHash } from '../../app/route.ts';
import { ProgressBar } from '../../ui/ProgressBar.tsx';
import type { DownloadState } from './downloadStore.ts';
import { isUnderWay } from './downloadStore.ts';
import type { ServingState } from '../serving/servingStore.ts';

/** In the status bar: what is being pulled, what is loaded and how many requests run. */
export function ModelMeters(): ReactNode {
  return <><DownloadMeter /><ServingMeter /></>;
}

/** How far all downloads are together; `fraction` is null while a size is not known. */
function sumDownloads({ downloads }: DownloadState): { count: number; fraction: number | null } {
  const moving = downloads.filter(isUnderWay);
  const totalBytes = moving.reduce((sum, { totalBytes: bytes }) => sum + (bytes ?? Number.NaN), 0);
  const doneBytes = moving.reduce((sum, download) => sum + download.doneBytes, 0);
  return { count: moving.length, fraction: Number.isNaN(totalBytes) || totalBytes === 0 ? null : Math.round(doneBytes / totalBytes * 100) / 100 };
}

function DownloadMeter(): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const { count, fraction } = useStore(stores.downloads, useShallow(sumDownloads));
  if (count === 0) return null;
  const words = t('models.meter.downloads', { count });
  return (
    <a href={toHash('models', 'downloads')} className="flex items-center gap-1.5 rounded-sm px-1 text-busy hover:bg-hover">
      <Download size={12} aria-hidden />{words}<span className="w-12 shrink-0"><ProgressBar label={words} fraction={fraction} tone="busy" /></span>
    </a>
  );
}

function countServing({ snapshot }: ServingState): { loaded: number; loading: string | null; running: number } {
  const models = snapshot?.models ?? [];
  return { loaded: models.filter(({ state }) => state === 'ready' || state === 'busy').length, loading: models.find(({ state }) => state === 'loading')?.name ?? null, running: (snapshot?.requests.length ?? 0) - (snapshot?.queuedCount ?? 0) };
}

function ServingMeter(): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const { loaded, loading, running } = useStore(stores.serving, useShallow(countServing));
  if (loaded === 0 && loading === null) return null;
  const words = [loading === null ? null : t('models.meter.loading', { name: loading }), loaded === 0 ? null : t('models.meter.loaded', { count: loaded }), running === 0 ? null : t('app.statusBar.answering', { count: running })].filter(Boolean).join(' · ');
  return <a href={toHash('models', 'serving')} className="flex max-w-90 items-center gap-1.5 rounded-sm px-1 hover:bg-hover"><Cpu size={12} aria-hidden className={loading === null ? 'shrink-0 text-ok' : 'shrink-0 text-busy'} /><span className="truncate">{words}</span></a>;
}
