import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { NetworkReading, WorkstationReading } from '#contract/workstation.ts';
import { useApp } from '../../app/appContext.tsx';
import { classNames } from '../../base/classNames.ts';
import { formatBytes, formatBytesOf, formatPercent } from '../../base/format.ts';
import { Sparkline } from '../../ui/Sparkline.tsx';
import { Waiting } from '../../ui/Waiting.tsx';
import { Part } from './Part.tsx';

const CPU_HISTORY = 30;

/** CPU by core, memory, swap, disks and network of the workstation. */
export function MachineView(): ReactNode {
  const { t } = useTranslation();
  const reading = useStore(useApp().stores.workstation, (state) => state.reading);
  if (reading === null) return <Waiting label={t('gpus.machine.waiting')} />;
  return (
    <div className="grid grid-cols-2 gap-3 max-lg:grid-cols-1">
      <Cpu reading={reading} />
      <Memory reading={reading} />
      <Disks reading={reading} />
      {reading.networks === undefined ? null : <Networks networks={reading.networks} />}
    </div>
  );
}

function Cpu({ reading: { cpuPercent, coreCount, corePercents } }: { reading: WorkstationReading }): ReactNode {
  const { t } = useTranslation();
  const history = useStore(useApp().stores.workstation, (state) => state.cpuHistory);
  return (
    <Part title={t('gpus.machine.cpu')} note={t('gpus.machine.cores', { count: coreCount })}>
      <div className="row-line flex items-center justify-between gap-3"><Sparkline values={history} max={100} length={CPU_HISTORY} /><span className="tabular">{formatPercent(cpuPercent)}</span></div>
      {corePercents === undefined ? null : (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(8.5rem,1fr))] gap-x-4 pb-1.5">
          {corePercents.map((percent, core) => (
            <li key={core} className="flex h-5 items-center gap-1.5 text-xs">
              <span className="tabular w-5 shrink-0 text-right text-muted">{core}</span>
              <Meter share={percent / 100} />
              <span className="tabular w-9 shrink-0 text-right">{formatPercent(percent)}</span>
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}

function Memory({ reading }: { reading: WorkstationReading }): ReactNode {
  const { t } = useTranslation();
  const { memoryUsedBytes, memoryTotalBytes, swapTotalBytes, swapUsedBytes } = reading;
  return (
    <Part title={t('gpus.machine.memory')}>
      <MeterRow label={t('gpus.machine.ram')} usedBytes={memoryUsedBytes} totalBytes={memoryTotalBytes} />
      {swapTotalBytes === undefined || swapUsedBytes === undefined ? null : swapTotalBytes === 0
        ? <p className="row-line flex items-center justify-between gap-3"><span>{t('gpus.machine.swap')}</span><span className="text-muted">{t('gpus.machine.noSwap')}</span></p>
        : <MeterRow label={t('gpus.machine.swap')} usedBytes={swapUsedBytes} totalBytes={swapTotalBytes} />}
    </Part>
  );
}

function Disks({ reading }: { reading: WorkstationReading }): ReactNode {
  const { t } = useTranslation();
  const { disks, diskTotalBytes, diskFreeBytes } = reading;
  const whole = diskTotalBytes === null || diskFreeBytes === null ? [] : [{ folder: t('gpus.machine.dataFolder'), totalBytes: diskTotalBytes, freeBytes: diskFreeBytes }];
  const shown = disks ?? whole;
  return (
    <Part title={t('gpus.machine.disks')}>
      {shown.length === 0 ? <p className="row-line text-muted">{t('gpus.unknown')}</p> : null}
      {shown.map(({ folder, totalBytes, freeBytes }) => <MeterRow key={folder} label={folder} usedBytes={totalBytes - freeBytes} totalBytes={totalBytes} note={t('gpus.machine.diskFree', { free: formatBytes(freeBytes) })} />)}
    </Part>
  );
}

function Networks({ networks }: { networks: readonly NetworkReading[] }): ReactNode {
  const { t } = useTranslation();
  return (
    <Part title={t('gpus.machine.network')}>
      {networks.length === 0 ? <p className="row-line flex items-center text-muted">{t('gpus.machine.noNetwork')}</p> : (
        <table className="w-full border-collapse text-left">
          <thead><tr className="text-xs text-muted"><th scope="col" className="font-normal">{t('gpus.machine.interface')}</th><th scope="col" className="text-right font-normal">{t('gpus.machine.received')}</th><th scope="col" className="text-right font-normal">{t('gpus.machine.sent')}</th></tr></thead>
          <tbody>
            {networks.map(({ name, receivedBytesPerSecond, sentBytesPerSecond }) => (
              <tr key={name} className="row-line border-t border-line">
                <th scope="row" className="font-mono text-xs font-normal">{name}</th>
                <td className="tabular text-right">{formatBytes(receivedBytesPerSecond)}/s</td>
                <td className="tabular text-right">{formatBytes(sentBytesPerSecond)}/s</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Part>
  );
}

function MeterRow({ label, usedBytes, totalBytes, note }: { label: string; usedBytes: number; totalBytes: number; note?: string }): ReactNode {
  return (
    <p className="row-line flex items-center gap-3">
      <span className="w-40 min-w-0 truncate" title={label}>{label}</span>
      <Meter share={usedBytes / Math.max(1, totalBytes)} />
      {note === undefined ? null : <span className="tabular shrink-0 text-xs text-muted">{note}</span>}
      <span className="tabular w-36 shrink-0 text-right">{formatBytesOf(usedBytes, totalBytes)}</span>
    </p>
  );
}

/** Said beside it in numbers. */
function Meter({ share }: { share: number }): ReactNode {
  const fill = Math.min(1, Math.max(0, share));
  return (
    <span aria-hidden className="h-1.5 min-w-10 flex-1 overflow-hidden rounded-sm bg-line">
      <span className={classNames('block h-full', fill > 0.95 ? 'bg-error' : 'bg-accent')} style={{ width: `${fill * 100}%` }} />
    </span>
  );
}
