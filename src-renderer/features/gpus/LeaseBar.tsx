import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { LeasedDevice } from '#contract/leases.ts';
import { classNames } from '../../base/classNames.ts';
import { formatBytes } from '../../base/format.ts';
import { Badge } from '../../ui/Badge.tsx';
import { toSegments } from './deviceView.ts';
import type { MemorySegment } from './deviceView.ts';
import { HolderName } from './HolderName.tsx';
import { useLeases } from './useDeviceFacts.ts';

const leaseLooks = ['bg-accent-fill', 'bg-ok', 'bg-busy', 'bg-stopping', 'bg-accent'] as const;
const looks: Record<Exclude<MemorySegment['kind'], 'lease'>, string> = {
  foreign: 'bg-stalled', other: 'bg-idle', kept: 'bg-selected', reserve: 'bg-edge', free: 'bg-transparent',
};

/** Who holds which part of a device: a stacked bar, and the same as a list. */
export function LeaseBar({ device }: { device: LeasedDevice }): ReactNode {
  const { t } = useTranslation();
  const segments = toSegments(device, useLeases());
  const leaseOrder = segments.filter(({ kind }) => kind === 'lease').map(({ key }) => key);
  const lookOf = (segment: MemorySegment): string => (segment.kind === 'lease' ? leaseLooks[leaseOrder.indexOf(segment.key) % leaseLooks.length] ?? '' : looks[segment.kind]);
  const words = segments.map((segment) => `${segment.lease?.holder.name ?? t(`gpus.segment.${segment.kind}`)} ${formatBytes(segment.bytes)}`).join(', ');
  return (
    <div className="flex flex-col gap-1.5">
      <div role="img" aria-label={words} className="flex h-4 w-full gap-px overflow-hidden rounded-sm border border-line bg-bg">
        {segments.map((segment) => <span key={segment.key} style={{ flexGrow: segment.bytes, flexBasis: 0 }} title={`${segment.lease?.holder.name ?? t(`gpus.segment.${segment.kind}`)}: ${formatBytes(segment.bytes)}`} className={lookOf(segment)} />)}
      </div>
      <ul className="flex flex-col">
        {segments.map((segment) => (
          <li key={segment.key} className="flex min-h-6 items-center gap-2">
            <span aria-hidden className={classNames('size-2.5 shrink-0 rounded-sm border border-line', lookOf(segment))} />
            <span className="flex min-w-0 flex-1 items-center gap-1.5"><SegmentName segment={segment} /></span>
            <span className="tabular shrink-0 text-right">{formatBytes(segment.bytes)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function SegmentName({ segment: { kind, lease, usedBytes } }: { segment: MemorySegment }): ReactNode {
  const { t } = useTranslation();
  if (lease === null) return <span className="truncate text-muted">{t(`gpus.segment.${kind}`)}</span>;
  return (
    <>
      <HolderName holder={lease.holder} />
      {lease.mode === 'exclusive' ? <Badge>{t('gpus.lease.exclusive')}</Badge> : null}
      {lease.state === 'unclaimed' ? <Badge tone="stalled" title={t('gpus.lease.unclaimedTitle')}>{t('gpus.lease.unclaimed')}</Badge> : null}
      {usedBytes === null ? null : <span className="tabular truncate text-xs text-muted">{t('gpus.lease.uses', { size: formatBytes(usedBytes) })}</span>}
    </>
  );
}
