import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Gpu } from '#contract/gpus.ts';
import { useApp } from '../../app/appContext.tsx';
import { formatBytes } from '../../base/format.ts';
import { toProcessRows } from './deviceView.ts';
import type { ProcessOwner, ProcessRow } from './deviceView.ts';
import { HolderName, InstanceLink } from './HolderName.tsx';
import { useOwnerFacts } from './useDeviceFacts.ts';

const columns = ['owner', 'process', 'pid', 'kind', 'memory'] as const;
const isNumber = (column: (typeof columns)[number]): boolean => column === 'pid' || column === 'memory';

/** What runs on a device, and whose it is. */
export function ProcessTable({ gpu }: { gpu: Gpu }): ReactNode {
  const { t } = useTranslation();
  const ledger = useStore(useApp().stores.leases, (state) => state.ledger);
  const rows = toProcessRows(gpu, ledger, useOwnerFacts());
  if (rows.length === 0) return <p className="text-muted">{t(gpu.processes === null ? 'gpus.process.cannotList' : 'gpus.process.none')}</p>;
  return (
    <div className="max-h-72 overflow-auto" tabIndex={0} role="group" aria-label={t('gpus.process.title')}>
      <table className="w-full border-collapse text-left">
        <thead className="sticky top-0 bg-panel">
          <tr className="text-xs text-muted">{columns.map((column) => <th key={column} scope="col" className={`pr-3 pb-0.5 font-normal last:pr-0 ${isNumber(column) ? 'text-right' : ''}`}>{t(`gpus.process.${column}`)}</th>)}</tr>
        </thead>
        <tbody>{rows.map((row) => <ProcessLine key={row.pid} row={row} />)}</tbody>
      </table>
    </div>
  );
}

function ProcessLine({ row: { pid, name, usedBytes, kinds, owner } }: { row: ProcessRow }): ReactNode {
  const { t } = useTranslation();
  return (
    <tr className="h-6 border-t border-line">
      <td className="max-w-50 pr-3"><span className="flex min-w-0"><OwnerName owner={owner} /></span></td>
      <td className="max-w-50 truncate pr-3 font-mono text-xs" title={name ?? undefined}>{name ?? '–'}</td>
      <td className="tabular pr-3 text-right">{pid}</td>
      <td className="pr-3 text-muted">{kinds.map((kind) => t(`gpus.process.kinds.${kind}`)).join(', ') || '–'}</td>
      <td className="tabular text-right whitespace-nowrap">{usedBytes === null ? t('gpus.unknown') : formatBytes(usedBytes)}</td>
    </tr>
  );
}

function OwnerName({ owner }: { owner: ProcessOwner }): ReactNode {
  const { t } = useTranslation();
  if (owner.kind === 'instance') return <InstanceLink instanceId={owner.instanceId} name={owner.name} />;
  if (owner.kind === 'holder') return <HolderName holder={owner.holder} />;
  return <span className={owner.kind === 'foreign' ? 'text-stalled' : 'text-muted'}>{t(`gpus.process.${owner.kind}`)}</span>;
}
