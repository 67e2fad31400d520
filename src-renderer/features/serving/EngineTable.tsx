import { Eject, FileText, Pin, Play, SlidersHorizontal, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import type { ServedModel, ServingSnapshot } from '#contract/serving.ts';
import { useApp } from '../../app/appContext.tsx';
import { useGridView } from '../../app/useGridView.ts';
import { ROW_PX, useScale } from '../../app/zoom.ts';
import { formatBytes, formatDuration, formatNumber } from '../../base/format.ts';
import { useNow } from '../../base/useNow.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import type { MenuEntry } from '../../ui/Menu.tsx';
import { ProgressBar } from '../../ui/ProgressBar.tsx';
import { StatusWord } from '../../ui/StatusWord.tsx';
import { GridTable } from '../../ui/table/GridTable.tsx';
import type { GridColumn } from '../../ui/table/GridTable.tsx';
import { formatTokens } from '../models/modelWords.ts';
import { showModelPage } from '../models/modelPlace.ts';
import { engineTone } from './engineWords.ts';
import { useLoading } from './useLoading.ts';

interface EngineTableProps { snapshot: ServingSnapshot; chosenId: string | null; onEdit: (configId: string) => void }

/** Every model that the port answers for: what is loaded first, then what could be. */
export function EngineTable({ snapshot, chosenId, onEdit }: EngineTableProps): ReactNode {
  const { t } = useTranslation();
  const rowPx = ROW_PX * useScale();
  const view = useGridView('serving');
  const menuOf = useMenu(onEdit);
  const loaded = snapshot.models.filter(({ state }) => state !== 'unloaded');
  const rest = snapshot.models.filter(({ state }) => state === 'unloaded');
  const groups = [{ key: 'loaded', title: t('serving.groupLoaded'), rows: loaded }, { key: 'rest', title: t('serving.groupRest'), rows: rest }];
  return (
    <GridTable
      label={t('serving.table')} columns={toColumns(t)} groups={groups} keyOf={({ configId }) => configId} rowPx={rowPx} chosenKey={chosenId} menuOf={menuOf}
      onChoose={({ configId }) => { showModelPage('serving', configId); }} onOpen={({ configId }) => { onEdit(configId); }}
      {...view}
    />
  );
}

function toColumns(t: TFunction): GridColumn<ServedModel>[] {
  const title = (id: string): { id: string; title: string } => ({ id, title: t(`serving.column.${id}`) });
  return [
    { ...title('name'), sortBy: ({ name }) => name, toTitle: ({ name }) => name, render: ({ name, isPinned }) => <><span className="truncate">{name}</span>{isPinned ? <Pin size={12} className="shrink-0 text-muted" aria-label={t('serving.pinned')} /> : null}</> },
    { ...title('state'), widthRem: 15, sortBy: ({ state }) => state, toTitle: ({ failureDetail }) => failureDetail ?? undefined, render: (model) => <State model={model} /> },
    { ...title('engine'), widthRem: 8, sortBy: ({ engine }) => engine, render: ({ engine }) => <span className="text-muted">{t(`serving.engine.${engine}`)}</span> },
    { ...title('memory'), widthRem: 7, isNumeric: true, sortBy: toBytes, render: (model) => (toBytes(model) > 0 ? formatBytes(toBytes(model)) : '–') },
    { ...title('slots'), widthRem: 5.5, isNumeric: true, render: ({ busySlots, slots, state }) => (state === 'unloaded' ? '–' : `${busySlots}/${slots}`) },
    { ...title('context'), widthRem: 6, isNumeric: true, render: ({ contextTokens }) => formatTokens(contextTokens) },
    { ...title('speed'), widthRem: 6, isNumeric: true, sortBy: ({ tokensPerSecond }) => tokensPerSecond, render: ({ tokensPerSecond }) => (tokensPerSecond === null ? '–' : formatNumber(tokensPerSecond, tokensPerSecond < 100 ? 1 : 0)) },
    { ...title('unload'), widthRem: 8, render: (model) => <UnloadTime model={model} /> },
    { ...title('actions'), isTitleHidden: true, widthRem: 5, render: (model) => <RowActions model={model} /> },
  ];
}

function toBytes({ measuredBytes, bookedBytes, ramBytes }: ServedModel): number {
  return measuredBytes ?? bookedBytes + ramBytes;
}

function State({ model: { state, failure, progress, queuedCount, retryAtMs, loadMs } }: { model: ServedModel }): ReactNode {
  const { t } = useTranslation();
  const nowMs = useNow(1_000);
  if (state === 'failed') return <StatusWord tone="error" label={t('serving.state.failed')} note={[failure === null ? null : t(`serving.failure.${failure}`), retryAtMs === null ? null : t('serving.again', { time: formatDuration(Math.max(0, retryAtMs - nowMs)) })].filter(Boolean).join(', ')} />;
  if (state === 'loading' && progress !== null) return <span className="flex w-full items-center gap-2"><span className="text-busy">{t('serving.state.loading')}</span><ProgressBar label={t('serving.state.loading')} fraction={progress} tone="busy" /></span>;
  const note = queuedCount > 0 ? t('serving.queued', { count: queuedCount }) : state === 'ready' && loadMs !== null ? t('serving.loadedIn', { time: formatDuration(loadMs) }) : null;
  return <StatusWord tone={engineTone[state]} label={t(`serving.state.${state}`)} note={note} isMoving={['queued', 'loading', 'draining', 'unloading'].includes(state)} />;
}

function UnloadTime({ model: { unloadAtMs, isPinned, state } }: { model: ServedModel }): ReactNode {
  const { t } = useTranslation();
  const nowMs = useNow(1_000);
  if (state !== 'ready') return <span className="text-muted">–</span>;
  if (unloadAtMs === null) return <span className="text-muted">{t(isPinned ? 'serving.pinned' : 'serving.stays')}</span>;
  return <span className="tabular text-muted">{t('serving.unloadsIn', { time: formatDuration(Math.max(0, unloadAtMs - nowMs)) })}</span>;
}

function RowActions({ model: { name, state } }: { model: ServedModel }): ReactNode {
  const { t } = useTranslation();
  const { load, unload } = useLoading();
  const isOff = state === 'unloaded' || state === 'failed';
  return isOff
    ? <IconButton size="sm" tabIndex={-1} label={t('serving.loadNamed', { name })} icon={<Play size={13} aria-hidden />} onClick={(event) => { event.stopPropagation(); load(name); }} />
    : <IconButton size="sm" tabIndex={-1} label={t('serving.unloadNamed', { name })} icon={<Eject size={13} aria-hidden />} onClick={(event) => { event.stopPropagation(); unload(name); }} />;
}

function useMenu(onEdit: (configId: string) => void): (model: ServedModel) => readonly MenuEntry[] {
  const { t } = useTranslation();
  const { client, stores, toastError } = useApp();
  const { load, unload } = useLoading();
  return ({ configId, name, state }) => {
    const isImplicit = stores.configs.getState().byId[configId]?.isImplicit ?? true;
    const isOff = state === 'unloaded' || state === 'failed';
    return [
      { id: 'load', label: t('serving.load'), icon: <Play size={14} />, disabledReason: isOff ? null : t(`serving.state.${state}`), onSelect: () => { load(name); } },
      { id: 'unload', label: t('serving.unload'), icon: <Eject size={14} />, disabledReason: isOff ? t('serving.nothingLoaded') : null, onSelect: () => { unload(name); } },
      { id: 'force', label: t('serving.unloadNow'), isDanger: true, disabledReason: isOff ? t('serving.nothingLoaded') : null, onSelect: () => { unload(name, { force: true }); } },
      { id: 'log', label: t('serving.log'), icon: <FileText size={14} />, onSelect: () => { showModelPage('serving', configId); } },
      'separator',
      { id: 'edit', label: t('serving.editConfig'), icon: <SlidersHorizontal size={14} />, shortcut: 'Enter', onSelect: () => { onEdit(configId); } },
      { id: 'drop', label: t('serving.dropConfig'), icon: <Trash2 size={14} />, isDanger: true, disabledReason: isImplicit ? t('serving.isImplicit') : null, onSelect: () => { client.modelConfigs.remove({ config: configId }).catch(toastError); } },
    ];
  };
}
