import { ScrollText } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useActions } from '../../app/actions.ts';
import { useApp } from '../../app/appContext.tsx';
import { useView } from '../../app/views.ts';
import { AreaHeader } from '../../ui/AreaHeader.tsx';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterField } from '../../ui/FilterField.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { Waiting } from '../../ui/Waiting.tsx';
import { toSearchText } from './entryWords.ts';
import { filterEntries, journalKind, journalKinds } from './journalFilter.ts';
import { JournalTable } from './JournalTable.tsx';
import { loadOlder } from './journalStore.ts';

/** Everything that has happened, newest first. */
export function JournalArea(): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const [kind, setKind] = useView('journal.kind', journalKind, 'all');
  const [filter, setFilter] = useState('');
  const isReady = useStore(stores.journal, (state) => state.isReady);
  const entries = useStore(stores.journal, (state) => state.entries);
  const shown = useMemo(() => filterEntries(entries, { kind, filter, toText: (entry) => toSearchText(entry, t) }), [entries, kind, filter, t]);
  const clear = (): void => { setFilter(''); setKind('all'); };
  const kinds = journalKinds.map((value) => ({ value, label: t(`journal.kind.${value}`) }));
  const older = <OlderEntries isNarrowed={shown.length === 0} onClear={clear} />;
  return (
    <>
      <AreaHeader title={t('journal.title')} actions={<FilterField label={t('journal.filter')} value={filter} onChange={setFilter} />}>
        <Segmented label={t('journal.kinds')} value={kind} options={kinds} onChange={setKind} />
        <span className="tabular truncate text-muted">{t('journal.count', { count: shown.length })}</span>
      </AreaHeader>
      {isReady ? null : <Waiting label={t('journal.title')} />}
      {isReady && entries.length === 0 ? <EmptyState icon={<ScrollText size={28} />} title={t('journal.empty.title')}>{t('journal.empty.text')}</EmptyState> : null}
      {entries.length > 0 ? <JournalTable entries={shown} footer={older} /> : null}
    </>
  );
}

function OlderEntries({ isNarrowed, onClear }: { isNarrowed: boolean; onClear: () => void }): ReactNode {
  const { t } = useTranslation();
  const { stores, client, connection, toastError } = useApp();
  const hasOlder = useStore(stores.journal, (state) => state.hasOlder);
  const isOpen = useStore(connection.state, (state) => state.kind === 'open');
  const [isLoading, setLoading] = useState(false);
  const load = async (): Promise<void> => {
    setLoading(true);
    try {
      await loadOlder(stores.journal, client);
    } finally {
      setLoading(false);
    }
  };
  useActions([{ id: 'journal.older', title: t('journal.older'), area: t('journal.title'), isEnabled: () => hasOlder || t('journal.beginning'), run: load }]);
  return (
    <div className="flex items-center justify-center gap-3 p-3 text-muted">
      {isNarrowed ? <span>{t('journal.none')}</span> : null}
      {isNarrowed ? <Button size="sm" onClick={onClear}>{t('journal.clear')}</Button> : null}
      {hasOlder
        ? <Button size="sm" isBusy={isLoading} disabledReason={isOpen ? null : t('app.reason.notConnected')} onClick={() => { load().catch(toastError); }}>{t('journal.older')}</Button>
        : isNarrowed ? null : <span>{t('journal.beginning')}</span>}
    </div>
  );
}
