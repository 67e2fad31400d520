import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { LeaseRefusal } from '#contract/leases.ts';
import { useApp } from '../../app/appContext.tsx';
import { formatBytes } from '../../base/format.ts';
import { toRefusalSentence } from './refusalWords.ts';
import { StopHolder } from './StopHolder.tsx';

/** Why there is no room: what is missing, who is on the nearest devices, and what could be stopped. */
export function RefusalNote({ refusal }: { refusal: LeaseRefusal }): ReactNode {
  const { t } = useTranslation();
  const { gpus } = useApp().stores;
  const placeOf = (gpuId: string): string => {
    const known = refusal.devices.find((device) => device.gpuId === gpuId) ?? gpus.getState().reading?.gpus.find(({ id }) => id === gpuId);
    return known === undefined ? gpuId : t('gpus.index', { index: known.index });
  };
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <p>{toRefusalSentence(refusal, t)}</p>
      <ul className="flex flex-col text-xs text-muted">
        {refusal.devices.map((device) => (
          <li key={device.gpuId} className="break-words">
            {t('gpus.refusal.device', { place: t('gpus.index', { index: device.index }), free: formatBytes(device.freeBytes), total: formatBytes(device.totalBytes) })}
            {device.holders.map(({ leaseId, holder, bytes }) => <span key={leaseId}>{' · '}{t('gpus.refusal.holder', { name: holder.name, size: formatBytes(bytes) })}</span>)}
            {device.foreign.map(({ pid, name, usedBytes }) => <span key={pid}>{' · '}{t('gpus.refusal.foreign', { name, pid, size: usedBytes === null ? t('gpus.unknown') : formatBytes(usedBytes) })}</span>)}
          </li>
        ))}
      </ul>
      {refusal.couldStop.length === 0 ? null : (
        <div className="flex flex-wrap gap-1.5 pt-0.5">
          {refusal.couldStop.map(({ leaseId, holder, gpuId, freesBytes }) => <StopHolder key={`${leaseId}.${gpuId}`} holder={holder} freesBytes={freesBytes} place={placeOf(gpuId)} />)}
        </div>
      )}
    </div>
  );
}
