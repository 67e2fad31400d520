import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useApp } from '../../app/appContext.tsx';
import { formatBytes, formatBytesOf, formatPercent } from '../../base/format.ts';
import { Sparkline } from '../../ui/Sparkline.tsx';
import { AlertMeter, GpuMeters } from '../gpus/GpuMeters.tsx';

const HISTORY_LENGTH = 30;

/** CPU, RAM and GPUs in the status bar, each as wide as its longest text so that nothing moves. */
export function WorkstationMeters(): ReactNode {
  return (
    <>
      <CpuMeter />
      <MemoryMeter />
      <GpuMeters />
      <AlertMeter />
    </>
  );
}

function CpuMeter(): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const percent = useStore(stores.workstation, (state) => (state.reading ? Math.round(state.reading.cpuPercent) : null));
  const coreCount = useStore(stores.workstation, (state) => state.reading?.coreCount ?? 0);
  const history = useStore(stores.workstation, (state) => state.cpuHistory);
  if (percent === null) return null;
  return (
    <span className="flex items-center gap-1.5" title={t('app.statusBar.cores', { count: coreCount })}>
      <span className="text-muted">{t('app.statusBar.cpu')}</span>
      <Sparkline values={history} max={100} length={HISTORY_LENGTH} />
      <span className="tabular w-10 text-right">{formatPercent(percent)}</span>
    </span>
  );
}

function MemoryMeter(): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const text = useStore(stores.workstation, ({ reading }) => (reading ? formatBytesOf(reading.memoryUsedBytes, reading.memoryTotalBytes) : null));
  const disk = useStore(stores.workstation, ({ reading }) => (reading?.diskFreeBytes == null ? null : formatBytes(reading.diskFreeBytes)));
  if (text === null) return null;
  return (
    <>
      <span className="flex items-center gap-1.5">
        <span className="text-muted">{t('app.statusBar.ram')}</span>
        <span className="tabular">{text}</span>
      </span>
      {disk === null ? null : (
        <span className="flex items-center gap-1.5 max-lg:hidden">
          <span className="text-muted">{t('app.statusBar.disk')}</span>
          <span className="tabular">{t('app.statusBar.diskFree', { free: disk })}</span>
        </span>
      )}
    </>
  );
}
