import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import { useStore } from 'zustand';
import type { Gpu } from '#contract/gpus.ts';
import { useApp } from '../../app/appContext.tsx';
import { toHash } from '../../app/route.ts';
import { classNames } from '../../base/classNames.ts';
import { formatBytesOf, formatNumber, formatPercent } from '../../base/format.ts';
import { countStanding } from './alertStore.ts';
import { isHot } from './gpuWords.ts';

/** Up to so many devices say their memory in numbers … */
const MOST_WIDE = 2;
/** … and up to so many have a bar each; more are summed up. */
const MOST_BARS = 8;

/** The GPUs in the status bar; each opens its row. */
export function GpuMeters(): ReactNode {
  const { t } = useTranslation();
  const reading = useStore(useApp().stores.gpus, (state) => state.reading);
  if (reading === null || reading.gpus.length === 0) return null;
  const { state } = reading;
  const gpus = reading.gpus.toSorted((a, b) => a.index - b.index);
  return (
    <>
      {gpus.length > MOST_BARS ? <AllGpus gpus={gpus} /> : (
        <span className={classNames('flex min-w-0 items-center', gpus.length > MOST_WIDE ? 'gap-1' : 'gap-3')}>
          {gpus.length > MOST_WIDE ? <span className="text-muted">{t('gpus.meter.gpus')}</span> : null}
          {gpus.map((gpu) => <GpuMeter key={gpu.id} gpu={gpu} isWide={gpus.length <= MOST_WIDE} />)}
        </span>
      )}
      {state === 'slow' ? <span className="text-stalled">{t('app.statusBar.gpuSlow')}</span> : null}
    </>
  );
}

/** How many alerts stand; opens their list. Nothing while there are none. */
export function AlertMeter(): ReactNode {
  const { t } = useTranslation();
  const count = useStore(useApp().stores.alerts, countStanding);
  if (count === 0) return null;
  return <a href={toHash('gpus')} className="flex items-center gap-1 rounded-sm px-1 text-stalled hover:bg-hover"><TriangleAlert size={12} aria-hidden />{t('gpus.meter.alerts', { count })}</a>;
}

/** The same number on the area's icon in the rail. */
export function AlertCount({ isDot }: { isDot: boolean }): ReactNode {
  const { t } = useTranslation();
  const count = useStore(useApp().stores.alerts, countStanding);
  if (count === 0) return null;
  if (isDot) return <span title={t('gpus.meter.alerts', { count })} className="size-2 rounded-sm bg-stalled" />;
  return <span title={t('gpus.meter.alerts', { count })} className="tabular inline-flex min-w-4 items-center justify-center rounded-sm bg-stalled px-1 text-xs leading-4 text-bg">{count}</span>;
}

function toTitle(gpu: Gpu, t: TFunction): string {
  if (gpu.state === 'lost') return t('gpus.meter.lostTitle', { index: gpu.index, name: gpu.name });
  return t('gpus.meter.title', {
    index: gpu.index, name: gpu.name,
    utilization: gpu.utilizationPercent === null ? t('gpus.unknown') : formatPercent(gpu.utilizationPercent),
    memory: formatBytesOf(gpu.usedBytes, gpu.totalBytes),
    temperature: gpu.temperatureCelsius === null ? t('gpus.unknown') : `${formatNumber(gpu.temperatureCelsius)} °C`,
    power: gpu.powerWatts === null ? t('gpus.unknown') : `${formatNumber(gpu.powerWatts)} W`,
  });
}

function GpuMeter({ gpu, isWide }: { gpu: Gpu; isWide: boolean }): ReactNode {
  const { t } = useTranslation();
  const title = toTitle(gpu, t);
  const isLost = gpu.state === 'lost';
  return (
    <a href={toHash('gpus', gpu.id)} title={title} className="flex items-center rounded-sm px-1 hover:bg-hover">
      <span className="sr-only">{title}</span>
      <span aria-hidden className="flex items-center gap-1.5">
        <span className="text-muted">{isWide ? t('gpus.index', { index: gpu.index }) : gpu.index}</span>
        {isLost ? <span className="text-error">{t('gpus.lost.word')}</span> : (
          <>
            <span className="flex h-3.5 w-1.5 items-end overflow-hidden rounded-sm bg-line"><span className="w-full bg-accent" style={{ height: `${(gpu.usedBytes / Math.max(1, gpu.totalBytes)) * 100}%` }} /></span>
            {isWide ? <span className="tabular">{formatBytesOf(gpu.usedBytes, gpu.totalBytes)}</span> : null}
            {gpu.temperatureCelsius === null ? null : <span className={classNames('tabular', isHot(gpu) && 'text-stalled')}>{formatNumber(gpu.temperatureCelsius)}{isWide ? ' °C' : '°'}</span>}
          </>
        )}
      </span>
    </a>
  );
}

function AllGpus({ gpus }: { gpus: readonly Gpu[] }): ReactNode {
  const { t } = useTranslation();
  const seen = gpus.filter(({ state }) => state === 'ok');
  const sum = (pick: (gpu: Gpu) => number): number => seen.reduce((total, gpu) => total + pick(gpu), 0);
  const hottest = Math.max(0, ...seen.map(({ temperatureCelsius }) => temperatureCelsius ?? 0));
  const lost = gpus.length - seen.length;
  return (
    <a href={toHash('gpus')} className="tabular flex items-center gap-1.5 rounded-sm px-1 hover:bg-hover">
      <span className="text-muted">{t('gpus.meter.count', { count: gpus.length })}</span>
      <span>{formatBytesOf(sum(({ usedBytes }) => usedBytes), sum(({ totalBytes }) => totalBytes))}</span>
      <span>{t('gpus.meter.hottest', { temperature: formatNumber(hottest) })}</span>
      {lost === 0 ? null : <span className="text-error">{t('gpus.meter.lost', { count: lost })}</span>}
    </a>
  );
}
