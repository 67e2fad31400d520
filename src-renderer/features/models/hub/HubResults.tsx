import { CloudOff, Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import type { HubModel } from '#contract/hub.ts';
import { navigate } from '../../../app/route.ts';
import { ROW_PX, useScale } from '../../../app/zoom.ts';
import { formatNumber } from '../../../base/format.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { ProgressBar } from '../../../ui/ProgressBar.tsx';
import { RelativeTime } from '../../../ui/RelativeTime.tsx';
import { GridTable } from '../../../ui/table/GridTable.tsx';
import type { GridColumn } from '../../../ui/table/GridTable.tsx';
import { formatParameters } from '../modelWords.ts';
import { showRepository } from '../modelPlace.ts';
import type { HubSearch } from './useHubSearch.ts';

/** What a search found, and why there is nothing if there is nothing. */
export function HubResults({ search, chosenRepo, isNarrow }: { search: HubSearch; chosenRepo: string | null; isNarrow: boolean }): ReactNode {
  const { t } = useTranslation();
  const rowPx = ROW_PX * useScale();
  if (search.problem !== null && search.models.length === 0) return <Unreachable search={search} />;
  if (search.hasAnswer && !search.isSearching && search.models.length === 0) return <EmptyState title={t('models.hub.none')}>{t('models.hub.noneText')}</EmptyState>;
  const columns = toColumns(t).filter(({ id }) => !isNarrow || ['repo', 'downloads'].includes(id));
  return (
    <div className="flex h-full flex-col">
      <div className="h-0.5 shrink-0">{search.isSearching ? <ProgressBar label={t('models.hub.searching')} fraction={null} className="h-0.5" /> : null}</div>
      <div className="min-h-0 flex-1">
        <GridTable label={t('models.hub.results')} columns={columns} groups={[{ key: 'all', title: '', rows: search.models }]} keyOf={({ repo }) => repo} rowPx={rowPx} chosenKey={chosenRepo} onChoose={({ repo }) => { showRepository(repo); }} />
      </div>
      {search.nextCursor === null ? null : <div className="flex shrink-0 justify-center border-t border-line p-1.5"><Button size="sm" isBusy={search.isSearching} onClick={search.loadMore}>{t('models.hub.more')}</Button></div>}
    </div>
  );
}

function Unreachable({ search: { problem, tryAgain } }: { search: HubSearch }): ReactNode {
  const { t } = useTranslation();
  if (problem === null) return null;
  return (
    <div className="flex flex-col gap-3 p-4">
      <ErrorNote problem={problem} actions={<><Button size="sm" onClick={tryAgain}>{t('app.tryAgain')}</Button><Button size="sm" onClick={() => { navigate('settings'); }}>{t('models.hub.openSettings')}</Button></>} />
      <EmptyState icon={<CloudOff size={28} />} title={t('models.hub.offline')}>{t('models.hub.offlineText')}</EmptyState>
    </div>
  );
}

function toColumns(t: TFunction): GridColumn<HubModel>[] {
  const title = (id: string): { id: string; title: string } => ({ id, title: t(`models.hub.column.${id}`) });
  return [
    { ...title('repo'), toTitle: ({ repo }) => repo, render: (model) => <Repo model={model} /> },
    { ...title('task'), widthRem: 11, render: ({ task }) => <span className="truncate text-muted">{task ?? '–'}</span> },
    { ...title('parameters'), widthRem: 6, isNumeric: true, render: ({ parameterCount }) => formatParameters(parameterCount) },
    { ...title('licence'), widthRem: 8, render: ({ licence }) => <span className="truncate text-muted">{licence ?? '–'}</span> },
    { ...title('downloads'), widthRem: 7, isNumeric: true, render: ({ downloads }) => toShort(downloads) },
    { ...title('likes'), widthRem: 5.5, isNumeric: true, render: ({ likes }) => toShort(likes) },
    { ...title('updated'), widthRem: 8, render: ({ updatedAtMs }) => (updatedAtMs === null ? '–' : <RelativeTime atMs={updatedAtMs} />) },
  ];
}

function Repo({ model: { repo, gated, formats, localCount } }: { model: HubModel }): ReactNode {
  const { t } = useTranslation();
  const [owner = '', name = ''] = repo.split('/');
  return (
    <>
      <span className="truncate"><span className="text-muted">{owner}/</span>{name}</span>
      {gated === 'no' ? null : <Lock size={12} className="shrink-0 text-stalled" aria-label={t('models.hub.gated')} />}
      {formats.map((format) => <Badge key={format}>{format}</Badge>)}
      {localCount > 0 ? <Badge tone="ok">{t('models.hub.local', { count: localCount })}</Badge> : null}
    </>
  );
}

function toShort(count: number): string {
  if (count >= 1e6) return `${formatNumber(count / 1e6, 1)} M`;
  return count >= 1e3 ? `${formatNumber(count / 1e3, count < 1e4 ? 1 : 0)} k` : formatNumber(count);
}
