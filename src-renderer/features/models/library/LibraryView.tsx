import { Boxes, FileInput, RefreshCw, Search } from 'lucide-react';
import { useState } from 'react';
import type { DragEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useActions } from '../../../app/actions.ts';
import { useApp } from '../../../app/appContext.tsx';
import { AreaHeader } from '../../../ui/AreaHeader.tsx';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { FilterField } from '../../../ui/FilterField.tsx';
import { Waiting } from '../../../ui/Waiting.tsx';
import { showModelPage } from '../modelPlace.ts';
import { ImportSheet } from './ImportSheet.tsx';
import { pathOfFile } from './droppedFile.ts';
import { groupVersions } from './modelGroups.ts';
import { ModelDetail } from './ModelDetail.tsx';
import { ModelTable } from './ModelTable.tsx';

/** Every version on this machine, and the chosen one. */
export function LibraryView({ switcher, versionId }: { switcher: ReactNode; versionId: string | null }): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const isReady = useStore(stores.models, (state) => state.isReady);
  const [filter, setFilter] = useState('');
  const [importing, setImporting] = useState<string | null>(null);
  const scan = useScan();
  const begin = (): void => { setImporting(''); };
  useActions([
    { id: 'models.import', title: t('models.import.title'), area: t('models.title'), isEnabled: () => true, run: begin },
    { id: 'models.scan', title: t('models.scan'), area: t('models.title'), isEnabled: () => true, run: scan },
  ]);
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    const file = event.dataTransfer.files[0];
    setImporting(file === undefined ? event.dataTransfer.getData('text/plain') : pathOfFile(file) ?? '');
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col" onDragOver={(event) => { event.preventDefault(); }} onDrop={onDrop}>
      <AreaHeader
        title={t('models.title')}
        isTitleHidden
        actions={(
          <>
            <FilterField label={t('models.filter')} value={filter} onChange={setFilter} />
            <Button variant="quiet" icon={<RefreshCw size={14} aria-hidden />} onClick={() => { scan(); }}>{t('models.scan')}</Button>
            <Button icon={<FileInput size={14} aria-hidden />} onClick={begin}>{t('models.import.title')}</Button>
            <Button variant="primary" icon={<Search size={14} aria-hidden />} onClick={() => { showModelPage('hub'); }}>{t('models.findMore')}</Button>
          </>
        )}
      >
        {switcher}
      </AreaHeader>
      {isReady ? <Body filter={filter} versionId={versionId} onClear={() => { setFilter(''); }} onImport={begin} /> : <Waiting label={t('models.reading')} />}
      {importing === null ? null : <ImportSheet initialPath={importing} onClose={() => { setImporting(null); }} />}
    </div>
  );
}

function useScan(): () => void {
  const { t } = useTranslation();
  const { client, toast, toastError } = useApp();
  return () => {
    client.models.scanCaches({}).then(({ found, added }) => { toast({ tone: 'ok', title: t('models.scanned', { count: added, found }) }); }, toastError);
  };
}

function Body({ filter, versionId, onClear, onImport }: { filter: string; versionId: string | null; onClear: () => void; onImport: () => void }): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const byId = useStore(stores.models, (state) => state.byId);
  const versions = Object.values(byId);
  const groups = groupVersions(versions, filter);
  const chosen = versionId === null ? undefined : byId[versionId];
  if (versions.length === 0) {
    return (
      <EmptyState icon={<Boxes size={28} />} title={t('models.empty.title')} actions={<><Button variant="primary" onClick={() => { showModelPage('hub'); }}>{t('models.findMore')}</Button><Button onClick={onImport}>{t('models.import.title')}</Button></>}>
        {t('models.empty.text')}
      </EmptyState>
    );
  }
  if (groups.length === 0) return <div className="flex items-center gap-3 p-4 text-muted"><span>{t('models.noMatch')}</span><Button size="sm" onClick={onClear}>{t('app.clearFilter')}</Button></div>;
  return (
    <div className="flex min-h-0 flex-1">
      <div className={chosen === undefined ? 'min-w-0 flex-1' : 'w-2/5 min-w-80 shrink-0 border-r border-line'}>
        <ModelTable groups={groups} chosenId={versionId} isNarrow={chosen !== undefined} />
      </div>
      {chosen === undefined ? null : <ModelDetail key={chosen.id} version={chosen} />}
    </div>
  );
}
