import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { WaitingRequest } from '#contract/leases.ts';
import { formatBytes } from '../../base/format.ts';
import { Badge } from '../../ui/Badge.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { HolderName } from './HolderName.tsx';
import { Part } from './Part.tsx';
import { RefusalNote } from './RefusalNote.tsx';
import { useWaiting } from './useDeviceFacts.ts';

/** Who waits for room, in the order in which they will be served, and what would make room; nothing while nobody waits. */
export function WaitingList(): ReactNode {
  const { t } = useTranslation();
  const waiting = useWaiting();
  if (waiting.length === 0) return null;
  return (
    <Part title={t('gpus.waiting.title')} note={t('gpus.waiting.count', { count: waiting.length })}>
      <ol className="flex flex-col">{waiting.map((request) => <WaitingLine key={request.id} request={request} />)}</ol>
    </Part>
  );
}

function WaitingLine({ request: { holder, need, sinceMs, refusal } }: { request: WaitingRequest }): ReactNode {
  const { t } = useTranslation();
  return (
    <li className="grid grid-cols-[minmax(10rem,20rem)_minmax(0,1fr)] gap-x-4 gap-y-1 border-t border-line py-1.5 first:border-t-0">
      <div className="flex min-w-0 flex-col">
        <span className="flex min-w-0"><HolderName holder={holder} /></span>
        <span className="flex items-center gap-1.5 text-xs text-muted">
          <span className="tabular">{t('gpus.refusal.needed', { size: formatBytes(need.bytes), count: need.deviceCount })}</span>
          {need.mode === 'exclusive' ? <Badge>{t('gpus.lease.exclusive')}</Badge> : null}
          {need.priority === 0 ? null : <Badge>{t('gpus.waiting.priority', { priority: need.priority })}</Badge>}
          <span>· <RelativeTime atMs={sinceMs} /></span>
        </span>
      </div>
      <RefusalNote refusal={refusal} />
    </li>
  );
}
