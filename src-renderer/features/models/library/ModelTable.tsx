import { Copy, Eject, FolderOpen, Info, Play, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import { useStore } from 'zustand';
import type { ModelVersion } from '#contract/models.ts';
import { useApp } from '../../../app/appContext.tsx';
import { useGridView } from '../../../app/useGridView.ts';
import { ROW_PX, useScale } from '../../../app/zoom.ts';
import { copyText } from '../../../base/clipboard.ts';
import { formatBytes } from '../../../base/format.ts';
import { Badge } from '../../../ui/Badge.tsx';
import type { MenuEntry } from '../../../ui/Menu.tsx';
import { RelativeTime } from '../../../ui/RelativeTime.tsx';
import { StatusWord } from '../../../ui/StatusWord.tsx';
import { GridTable } from '../../../ui/table/GridTable.tsx';
import type { GridColumn } from '../../../ui/table/GridTable.tsx';
import type { GridGroup } from '../../../ui/table/gridRows.ts';
import { engineTone } from '../../serving/engineWords.ts';
import { useLoading } from '../../serving/useLoading.ts';
import { findLoaded } from '../../serving/servingStore.ts';
import { formatParameters, formatTokens, healthTone } from '../modelWords.ts';
import { showVersion } from '../modelPlace.ts';
import { FitWord } from './FitWord.tsx';
import { RemoveDialog } from './RemoveDialog.tsx';

export interface ModelTableProps { groups: readonly GridGroup<ModelVersion>[]; chosenId: string | null; isNarrow: boolean }

/** The versions by family: what they can do, how large they are, whether they fit, when they were used, whether they are loaded. */
export function ModelTable({ groups, chosenId, isNarrow }: ModelTableProps): ReactNode {
  const { t } = useTranslation();
  const rowPx = ROW_PX * useScale();
  const view = useGridView('models');
  const [removing, setRemoving] = useState<ModelVersion | null>(null);
  const menuOf = useMenu(setRemoving);
  const columns = toColumns(t).filter(({ id }) => !isNarrow || narrow.includes(id));
  return (
    <>
      <GridTable
        label={t('models.table')} columns={columns} groups={groups} keyOf={({ id }) => id} rowPx={rowPx} chosenKey={chosenId}
        onChoose={({ id }) => { showVersion(id); }} menuOf={menuOf} {...view}
        onRowKey={(version, { key }) => { if (key === 'Delete') setRemoving(version); return key === 'Delete'; }}
      />
      {removing === null ? null : <RemoveDialog version={removing} onClose={() => { setRemoving(null); }} />}
    </>
  );
}

const narrow = ['name', 'size', 'state'];

function toColumns(t: TFunction): GridColumn<ModelVersion>[] {
  const title = (id: string): { id: string; title: string } => ({ id, title: t(`models.column.${id}`) });
  return [
    { ...title('name'), sortBy: ({ reference }) => reference, toTitle: ({ reference }) => reference, render: (version) => <Name version={version} /> },
    { ...title('capabilities'), widthRem: 15, render: ({ capabilities }) => capabilities.filter((each) => each !== 'completion' || capabilities.length === 1).map((each) => <Badge key={each}>{t(`models.capability.${each}`)}</Badge>) },
    { ...title('parameters'), widthRem: 6, isNumeric: true, sortBy: ({ parameterCount }) => parameterCount, render: ({ parameterCount }) => formatParameters(parameterCount) },
    { ...title('context'), widthRem: 6, isNumeric: true, sortBy: ({ contextTokens }) => contextTokens, render: ({ contextTokens }) => formatTokens(contextTokens) },
    { ...title('size'), widthRem: 7, isNumeric: true, sortBy: ({ sizeBytes }) => sizeBytes, render: ({ sizeBytes }) => formatBytes(sizeBytes) },
    { ...title('fit'), widthRem: 9, render: (version) => <FitWord version={version} /> },
    { ...title('used'), widthRem: 8, sortBy: ({ lastUsedAtMs }) => lastUsedAtMs, render: ({ lastUsedAtMs }) => (lastUsedAtMs === null ? <span className="text-muted">–</span> : <RelativeTime atMs={lastUsedAtMs} />) },
    { ...title('state'), widthRem: 11, sortBy: ({ health }) => health, render: (version) => <State version={version} /> },
  ];
}

function Name({ version: { modelName, label, kind, status, roles, aliases } }: { version: ModelVersion }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <span className="truncate">{modelName}</span>
      <span className="shrink-0 text-muted">{label}</span>
      {kind === 'model' ? null : <Badge>{t(`models.kind.${kind}`)}</Badge>}
      {roles.map((role) => <Badge key={role} tone="accent" title={t('models.role')}>{role}</Badge>)}
      {aliases.map((alias) => <Badge key={alias} title={t('models.alias')}>{alias}</Badge>)}
      {status === 'active' ? null : <Badge tone={status === 'candidate' ? 'busy' : 'idle'}>{t(`models.status.${status}`)}</Badge>}
    </>
  );
}

/** Loaded or not; what is wrong with the files comes first. */
function State({ version: { id, health } }: { version: ModelVersion }): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const loaded = useStore(stores.serving, (state) => findLoaded(state, id));
  if (health !== 'ok' && health !== 'verifying') return <StatusWord tone={healthTone[health]} label={t(`models.health.${health}`)} />;
  if (loaded !== null) return <StatusWord tone={engineTone[loaded.state]} label={t(`serving.state.${loaded.state}`)} isMoving={loaded.state === 'loading'} />;
  if (health === 'verifying') return <StatusWord tone="busy" label={t('models.health.verifying')} isMoving />;
  return <span className="text-muted">{t('serving.state.unloaded')}</span>;
}

function useMenu(onRemove: (version: ModelVersion) => void): (version: ModelVersion) => readonly MenuEntry[] {
  const { t } = useTranslation();
  const { client, stores, toastError } = useApp();
  const { load, unload } = useLoading();
  return (version) => {
    const loaded = findLoaded(stores.serving.getState(), version.id);
    return [
      { id: 'show', label: t('models.details'), icon: <Info size={14} />, shortcut: 'Enter', onSelect: () => { showVersion(version.id); } },
      loaded === null
        ? { id: 'load', label: t('serving.load'), icon: <Play size={14} />, disabledReason: version.health === 'ok' && version.kind === 'model' ? null : t('models.cannotLoad'), onSelect: () => { load(version.reference); } }
        : { id: 'unload', label: t('serving.unload'), icon: <Eject size={14} />, onSelect: () => { unload(loaded.name); } },
      { id: 'copy', label: t('models.copyName'), icon: <Copy size={14} />, onSelect: () => { copyText(version.reference).catch(toastError); } },
      { id: 'reveal', label: t('models.reveal'), icon: <FolderOpen size={14} />, onSelect: () => { client.system.reveal({ path: version.path ?? version.folder }).catch(toastError); } },
      'separator',
      { id: 'remove', label: t('models.remove.title'), icon: <Trash2 size={14} />, shortcut: 'Delete', isDanger: true, onSelect: () => { onRemove(version); } },
    ];
  };
}
