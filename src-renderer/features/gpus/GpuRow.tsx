import { ChevronDown, ChevronRight, Monitor } from 'lucide-react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Gpu } from '#contract/gpus.ts';
import { classNames } from '../../base/classNames.ts';
import { formatBytesOf, formatNumber, formatPercent } from '../../base/format.ts';
import { Badge } from '../../ui/Badge.tsx';
import { StatusWord } from '../../ui/StatusWord.tsx';
import { formatOf, isHot, toThrottleWords } from './gpuWords.ts';
import { TraceCanvas } from './TraceCanvas.tsx';
import { useGpu, useLeasedDevice } from './useDeviceFacts.ts';

/** The columns of the table of devices; `isNumber` ones stand at the right. */
export const gpuColumns = [
  { key: 'device', isNumber: false, className: 'w-[20rem]' },
  { key: 'utilization', isNumber: true, className: 'w-[11rem]' },
  { key: 'memory', isNumber: true, className: 'w-[16rem]' },
  { key: 'temperature', isNumber: true, className: 'w-[5rem]' },
  { key: 'power', isNumber: true, className: 'w-[8.5rem]' },
  { key: 'clock', isNumber: true, className: 'w-[11.5rem]' },
  { key: 'heldBack', isNumber: false, className: 'w-[10rem]' },
  { key: 'marks', isNumber: false, className: '' },
] as const;

interface GpuRowProps { gpuId: string; isOpen: boolean; onToggle: (gpuId: string, isOpen: boolean) => void }

/** One device in one line; its button unfolds the rest. */
export function GpuRow({ gpuId, isOpen, onToggle }: GpuRowProps): ReactNode {
  const { t } = useTranslation();
  const gpu = useGpu(gpuId);
  if (gpu === undefined) return null;
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  const move = (event: KeyboardEvent<HTMLButtonElement>): void => {
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') onToggle(gpuId, event.key === 'ArrowRight');
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') focusBeside(event.currentTarget, event.key === 'ArrowDown' ? 1 : -1);
    else return;
    event.preventDefault();
  };
  return (
    <tr className={classNames('row-line border-b border-line', isOpen ? 'bg-selected' : 'bg-panel hover:bg-hover')} onClick={() => { onToggle(gpuId, !isOpen); }}>
      <th scope="row" className="overflow-hidden px-1.5 py-0 font-normal">
        <button type="button" data-gpu-row aria-expanded={isOpen} onKeyDown={move} onClick={(event) => { event.stopPropagation(); onToggle(gpuId, !isOpen); }} className="flex h-6.5 w-full min-w-0 items-center gap-1.5 rounded-sm px-1 text-left">
          <Chevron size={14} aria-hidden className="shrink-0 text-muted" />
          <span className="tabular shrink-0 font-medium">{t('gpus.index', { index: gpu.index })}</span>
          <span className="min-w-0 truncate text-muted" title={gpu.name}>{gpu.name}</span>
        </button>
      </th>
      {gpu.state === 'lost' ? <td colSpan={gpuColumns.length - 1} className="px-1.5"><span className="flex items-center"><StatusWord tone="error" label={t('gpus.lost.word')} note={t('gpus.lost.note')} /></span></td> : <Readings gpu={gpu} />}
    </tr>
  );
}

function focusBeside(button: HTMLButtonElement, step: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLButtonElement>('[data-gpu-row]')];
  all[all.indexOf(button) + step]?.focus();
}

function Readings({ gpu }: { gpu: Gpu }): ReactNode {
  const { t } = useTranslation();
  const throttle = toThrottleWords(gpu, t);
  const isHeldBack = (gpu.throttleReasons?.length ?? 0) > 0;
  const cell = 'tabular px-1.5 text-right whitespace-nowrap';
  return (
    <>
      <td className={cell}>
        <span className="flex items-center justify-end gap-1.5">
          <TraceCanvas gpuId={gpu.id} traceKey="utilizationPercent" max={100} className="h-4 w-24 shrink-0 text-accent" />
          <span className="w-11">{gpu.utilizationPercent === null ? '–' : formatPercent(gpu.utilizationPercent)}</span>
        </span>
      </td>
      <td className={cell}><MemoryCell gpu={gpu} /></td>
      <td className={classNames(cell, isHot(gpu) && 'font-medium text-stalled')}>{gpu.temperatureCelsius === null ? '–' : `${formatNumber(gpu.temperatureCelsius)} °C`}</td>
      <td className={cell}>{formatOf(gpu.powerWatts, gpu.powerLimitWatts, 'W')}</td>
      <td className={cell}>{gpu.graphicsClockMhz === null ? '–' : `${formatNumber(gpu.graphicsClockMhz)} · ${gpu.memoryClockMhz === null ? '–' : formatNumber(gpu.memoryClockMhz)} MHz`}</td>
      <td className={classNames('truncate px-1.5', isHeldBack ? 'text-stalled' : 'text-muted')} title={throttle}>{throttle}</td>
      <td className="px-1.5"><Marks gpu={gpu} /></td>
    </>
  );
}

function MemoryCell({ gpu }: { gpu: Gpu }): ReactNode {
  const { t } = useTranslation();
  const device = useLeasedDevice(gpu.id);
  const usedShare = gpu.usedBytes / Math.max(1, gpu.totalBytes);
  const bookedShare = Math.max(0, (device?.bookedBytes ?? 0) / Math.max(1, gpu.totalBytes));
  const look = usedShare > 0.95 ? 'bg-error' : 'bg-accent';
  return (
    <span className="flex items-center justify-end gap-1.5">
      <span aria-hidden className="relative h-2 min-w-16 flex-1 overflow-hidden rounded-sm bg-line" title={device === undefined ? undefined : t('gpus.memory.booked', { booked: formatBytesOf(device.bookedBytes, gpu.totalBytes) })}>
        <span className="absolute inset-y-0 left-0 bg-edge" style={{ width: `${bookedShare * 100}%` }} />
        <span className={classNames('absolute inset-y-0 left-0', look)} style={{ width: `${usedShare * 100}%` }} />
      </span>
      <span className="w-32 shrink-0">{gpu.totalBytes === 0 ? t('gpus.unknown') : formatBytesOf(gpu.usedBytes, gpu.totalBytes)}</span>
    </span>
  );
}

function Marks({ gpu }: { gpu: Gpu }): ReactNode {
  const { t } = useTranslation();
  return (
    <span className="flex items-center gap-1 overflow-hidden">
      {gpu.migMode === 'on' ? <Badge title={t('gpus.mig.title')}>{t('gpus.mig.count', { count: gpu.migInstances.length })}</Badge> : null}
      {gpu.isMemoryUnified ? <Badge title={t('gpus.unifiedTitle')}>{t('gpus.unified')}</Badge> : null}
      {gpu.isDisplayAttached === true ? <span className="inline-flex items-center gap-1 text-xs text-muted" title={t('gpus.displayTitle')}><Monitor size={13} aria-hidden />{t('gpus.display')}</span> : null}
    </span>
  );
}
