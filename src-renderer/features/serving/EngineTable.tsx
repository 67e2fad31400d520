import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { ServedModel, ServingSnapshot } from '#contract/serving.ts';
import { useApp } from '../../app/appContext.tsx';
import { useGridView } from '../../app/useGridView.ts';
import { ROW_PX, useScale } from '../../app/zoom.ts';
import { GridTable } from '../../ui/table/GridTable.tsx';
import { showModelPage } from '../models/modelPlace.ts';
import { DropConfigDialog } from './DropConfigDialog.tsx';
import { toEngineColumns } from './engineColumns.tsx';
import { groupEngines } from './engineGroups.ts';
import { useEngineCommands } from './useEngineCommands.tsx';

interface EngineTableProps { snapshot: ServingSnapshot; chosenId: string | null; onEdit: (configId: string) => void }

/** Every model that the port answers for: what is loaded, what could be, and what cannot be served with the reason. */
export function EngineTable({ snapshot, chosenId, onEdit }: EngineTableProps): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const rowPx = ROW_PX * useScale();
  const view = useGridView('serving');
  const configs = useStore(stores.configs, ({ byId }) => byId);
  const ledger = useStore(stores.leases, (state) => state.ledger);
  const [dropping, setDropping] = useState<ServedModel | null>(null);
  const { menuOf, press, reasonOf, toggle, edit } = useEngineCommands({ onEdit, onDrop: setDropping });
  const { loaded, rest, barred } = groupEngines(snapshot.models, configs);
  const groups = [{ key: 'loaded', title: t('serving.groupLoaded'), rows: loaded }, { key: 'rest', title: t('serving.groupRest'), rows: rest }, ...(barred.length === 0 ? [] : [{ key: 'barred', title: t('serving.groupBarred'), rows: barred }])];
  const columns = toEngineColumns(t, { problemOf: ({ configId }) => configs[configId]?.problem ?? null, gpus: ledger?.devices ?? [], menuOf, reasonOf, toggle });
  return (
    <>
      <GridTable
        label={t('serving.table')} columns={columns} groups={groups} keyOf={({ configId, leaving }) => leaving ?? configId} rowPx={rowPx} chosenKey={chosenId} menuOf={menuOf}
        onChoose={({ configId }) => { showModelPage('serving', configId); }} onOpen={edit} onRowKey={(model, { key }) => press(model, key)}
        {...view}
      />
      {dropping === null ? null : <DropConfigDialog model={dropping} onClose={() => { setDropping(null); }} />}
    </>
  );
}
