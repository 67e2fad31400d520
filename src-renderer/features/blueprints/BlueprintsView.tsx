import { FileCode, Plus } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Blueprint } from '#contract/blueprints.ts';
import { useActions } from '../../app/actions.ts';
import { useApp } from '../../app/appContext.tsx';
import { navigate, useRoute } from '../../app/route.ts';
import { AreaHeader } from '../../ui/AreaHeader.tsx';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterField } from '../../ui/FilterField.tsx';
import { Waiting } from '../../ui/Waiting.tsx';
import { BlueprintDetail } from './BlueprintDetail.tsx';
import { BlueprintEditor } from './BlueprintEditor.tsx';
import { BlueprintTable } from './BlueprintTable.tsx';
import { groupBlueprints } from './blueprintGroups.ts';
import { toBlueprintPlace } from './blueprintPlace.ts';

export interface BlueprintsViewProps {
  /** Leads to the area's other sections. */
  switcher: ReactNode;
  /** Begins a new instance from a blueprint. */
  onCreate: (blueprintId: string) => void;
}

/** All blueprints, and the chosen one with its header, its problems and its script, to read or to edit. */
export function BlueprintsView({ switcher, onCreate }: BlueprintsViewProps): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const isReady = useStore(stores.blueprints, (state) => state.isReady);
  const [filter, setFilter] = useState('');
  const begin = (): void => { navigate('instances', 'blueprints', 'new'); };
  useActions([{ id: 'blueprints.new', title: t('blueprints.new'), area: t('blueprints.title'), isEnabled: () => true, run: begin }]);
  return (
    <>
      <AreaHeader
        title={t('blueprints.title')}
        isTitleHidden
        actions={<><FilterField label={t('blueprints.filter')} value={filter} onChange={setFilter} /><Button icon={<Plus size={14} aria-hidden />} onClick={begin}>{t('blueprints.new')}</Button></>}
      >
        {switcher}
      </AreaHeader>
      {isReady ? <Body filter={filter} onClear={() => { setFilter(''); }} onBegin={begin} onCreate={onCreate} /> : <Waiting label={t('blueprints.reading')} />}
    </>
  );
}

interface BodyProps { filter: string; onClear: () => void; onBegin: () => void; onCreate: (blueprintId: string) => void }

function Body({ filter, onClear, onBegin, onCreate }: BodyProps): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const blueprints = useStore(stores.blueprints, (state) => state.blueprints);
  const place = toBlueprintPlace(useRoute());
  const chosen = blueprints.find(({ id }) => id === place.id) ?? null;
  const hasSide = chosen !== null || place.id === 'new';
  if (blueprints.length === 0 && !hasSide) {
    return <EmptyState icon={<FileCode size={28} />} title={t('blueprints.empty.title')} actions={<Button variant="primary" onClick={onBegin}>{t('blueprints.new')}</Button>}>{t('blueprints.empty.text')}</EmptyState>;
  }
  return (
    <div className="flex min-h-0 flex-1">
      <div className={hasSide ? 'w-2/5 max-w-140 min-w-72 shrink-0 border-r border-line' : 'min-w-0 flex-1'}>
        <BlueprintTable groups={groupBlueprints(blueprints, filter)} chosenId={place.id} isNarrow={hasSide} onClear={onClear} />
      </div>
      {hasSide ? <Side chosen={chosen} isEditing={place.isEditing} onCreate={onCreate} /> : null}
    </div>
  );
}

/** Beside the list: the chosen one to read or to edit, or a new one (null). */
function Side({ chosen, isEditing, onCreate }: { chosen: Blueprint | null; isEditing: boolean; onCreate: (blueprintId: string) => void }): ReactNode {
  if (chosen === null || isEditing) return <BlueprintEditor key={chosen?.id ?? 'new'} source={chosen} />;
  return <BlueprintDetail key={chosen.id} blueprint={chosen} onCreate={onCreate} />;
}
