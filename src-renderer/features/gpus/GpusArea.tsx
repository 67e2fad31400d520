import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { GpuReading } from '#contract/gpus.ts';
import { formatBytes } from '../../base/format.ts';
import { AreaHeader } from '../../ui/AreaHeader.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { Waiting } from '../../ui/Waiting.tsx';
import { AlertList } from './AlertList.tsx';
import { EnableNote } from './EnableNote.tsx';
import { GpuTable } from './GpuTable.tsx';
import { MachineView } from './MachineView.tsx';
import { SourceNotes } from './SourceNotes.tsx';
import { useReading } from './useDeviceFacts.ts';
import { WaitingList } from './WaitingList.tsx';

type Page = 'devices' | 'machine';

/** The workstation's GPUs and who holds them; without one, the rest of the workstation. */
export function GpusArea(): ReactNode {
  const { t } = useTranslation();
  const reading = useReading();
  const [page, setPage] = useState<Page>('devices');
  const hasGpus = reading !== null && reading.gpus.length > 0;
  const pages = [{ value: 'devices', label: t('gpus.page.devices') }, { value: 'machine', label: t('gpus.page.machine') }] as const;
  return (
    <>
      <AreaHeader title={t('gpus.title')}>
        {hasGpus ? <Segmented<Page> label={t('gpus.page.label')} value={page} options={pages} onChange={setPage} /> : null}
        {reading === null ? null : <Summary reading={reading} />}
      </AreaHeader>
      <div className="min-h-0 flex-1 overflow-y-auto p-3" tabIndex={0} role="group" aria-label={t('gpus.title')}>
        {reading === null ? <Waiting label={t('gpus.reading')} /> : (
          <div className="flex min-w-0 flex-col gap-3">
            <SourceNotes reading={reading} />
            <AlertList />
            <WaitingList />
            {hasGpus ? null : <EnableNote />}
            {hasGpus && page === 'devices' ? <GpuTable /> : <MachineView />}
          </div>
        )}
      </div>
    </>
  );
}

function Summary({ reading: { gpus } }: { reading: GpuReading }): ReactNode {
  const { t } = useTranslation();
  const seen = gpus.filter(({ state }) => state === 'ok');
  const sum = (pick: 'usedBytes' | 'totalBytes'): number => seen.reduce((total, gpu) => total + gpu[pick], 0);
  const words = gpus.length === 0 ? t('gpus.none') : t('gpus.summary', { count: gpus.length, used: formatBytes(sum('usedBytes')), total: formatBytes(sum('totalBytes')) });
  return <span className="tabular truncate text-muted">{words}</span>;
}
