import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Gpu } from '#contract/gpus.ts';
import { formatBytes, formatBytesOf, formatNumber, formatPercent } from '../../base/format.ts';
import { GpuHistory } from './GpuHistory.tsx';
import { formatOf, formatOrDash } from './gpuWords.ts';
import { LeaseBar } from './LeaseBar.tsx';
import { Part } from './Part.tsx';
import { ProcessTable } from './ProcessTable.tsx';
import { TraceCanvas } from './TraceCanvas.tsx';
import { useGpu, useLeasedDevice } from './useDeviceFacts.ts';

/** All that is known of one device. */
export function GpuDetail({ gpuId }: { gpuId: string }): ReactNode {
  const gpu = useGpu(gpuId);
  if (gpu === undefined) return null;
  return (
    <div className="grid grid-cols-[minmax(0,3fr)_minmax(0,2fr)] gap-x-6 gap-y-3 bg-bg px-4 py-3 max-lg:grid-cols-1">
      <div className="flex min-w-0 flex-col gap-3">
        <Traces gpu={gpu} />
        <GpuHistory gpu={gpu} />
      </div>
      <div className="flex min-w-0 flex-col gap-3">
        <Memory gpu={gpu} />
        <Processes gpu={gpu} />
        <Facts gpu={gpu} />
      </div>
    </div>
  );
}

function Traces({ gpu }: { gpu: Gpu }): ReactNode {
  const { t } = useTranslation();
  const power = gpu.powerLimitWatts ?? Math.max(100, (gpu.powerWatts ?? 0) * 1.5);
  const traces = [
    { key: 'utilizationPercent', max: 100, text: gpu.utilizationPercent === null ? '–' : formatPercent(gpu.utilizationPercent) },
    { key: 'usedBytes', max: gpu.totalBytes, text: formatBytesOf(gpu.usedBytes, gpu.totalBytes) },
    { key: 'temperatureCelsius', max: 100, text: formatOf(gpu.temperatureCelsius, gpu.temperatureLimitCelsius, '°C') },
    { key: 'powerWatts', max: power, text: formatOf(gpu.powerWatts, gpu.powerLimitWatts, 'W') },
  ] as const;
  return (
    <Part isInDevice title={t('gpus.live.title')} note={t('gpus.live.note')}>
      <div className="grid grid-cols-4 gap-3">
        {traces.map(({ key, max, text }) => (
          <div key={key} className="min-w-0 rounded-sm border border-line bg-panel px-2 pt-1">
            <p className="flex items-baseline justify-between gap-2 text-xs"><span className="truncate text-muted">{t(`gpus.live.${key}`)}</span><span className="tabular shrink-0">{text}</span></p>
            <TraceCanvas gpuId={gpu.id} traceKey={key} max={max} className="h-11 w-full text-accent" />
          </div>
        ))}
      </div>
    </Part>
  );
}

function Memory({ gpu }: { gpu: Gpu }): ReactNode {
  const { t } = useTranslation();
  const device = useLeasedDevice(gpu.id);
  return (
    <>
      {gpu.migMode === 'on' ? null : (
        <Part isInDevice title={t('gpus.lease.title')} note={device === undefined ? null : t('gpus.lease.free', { size: formatBytes(device.freeBytes) })}>
          {device === undefined ? <p className="text-muted">{t('gpus.lease.waiting')}</p> : <LeaseBar device={device} />}
        </Part>
      )}
      {gpu.migMode === 'on' && gpu.migInstances.length === 0 ? <p className="text-muted">{t('gpus.mig.none')}</p> : null}
      {gpu.migInstances.map((instance) => <MigMemory key={instance.id} instance={instance} />)}
    </>
  );
}

function MigMemory({ instance }: { instance: Gpu['migInstances'][number] }): ReactNode {
  const { t } = useTranslation();
  const device = useLeasedDevice(instance.id);
  const words = instance.totalBytes === 0 ? t('gpus.unknown') : formatBytesOf(instance.usedBytes, instance.totalBytes);
  return <Part isInDevice title={instance.name} note={words}>{device === undefined ? null : <LeaseBar device={device} />}</Part>;
}

function Processes({ gpu }: { gpu: Gpu }): ReactNode {
  const { t } = useTranslation();
  return <Part isInDevice title={t('gpus.process.title')}><ProcessTable gpu={gpu} /></Part>;
}

function Facts({ gpu }: { gpu: Gpu }): ReactNode {
  const { t } = useTranslation();
  const facts = [
    ['uuid', gpu.id], ['bus', gpu.pciBusId ?? '–'], ['driver', gpu.driverVersion ?? '–'], ['cuda', gpu.cudaVersion ?? '–'], ['capability', gpu.computeCapability ?? '–'],
    ['graphicsClock', formatOf(gpu.graphicsClockMhz, gpu.maxGraphicsClockMhz, 'MHz')], ['memoryClock', formatOrDash(gpu.memoryClockMhz, 'MHz')],
    ['memoryBusy', formatOrDash(gpu.memoryUtilizationPercent, '%')], ['fan', formatOrDash(gpu.fanPercent, '%')],
    ['mig', gpu.migMode === null ? t('gpus.fact.migNone') : t(`gpus.fact.migMode.${gpu.migMode}`)],
    ['display', gpu.isDisplayAttached === null ? t('gpus.unknown') : t(gpu.isDisplayAttached ? 'gpus.fact.yes' : 'gpus.fact.no')],
    ['freeOfDriver', gpu.freeBytes === null ? t('gpus.unknown') : `${formatNumber(gpu.freeBytes / 1024 ** 2)} MiB`],
  ] as const;
  return (
    <Part isInDevice title={t('gpus.fact.title')}>
      <dl className="grid grid-cols-[9rem_minmax(0,1fr)] gap-x-3 text-xs">
        {facts.map(([key, value]) => (
          <div key={key} className="contents">
            <dt className="text-muted">{t(`gpus.fact.${key}`)}</dt>
            <dd className="tabular truncate select-text" title={value}>{value}</dd>
          </div>
        ))}
      </dl>
    </Part>
  );
}
