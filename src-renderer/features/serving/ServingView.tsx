import { Cpu, Plus, Unplug } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { ServingSnapshot } from '#contract/serving.ts';
import { useActions } from '../../app/actions.ts';
import { useApp } from '../../app/appContext.tsx';
import { RowSplit } from '../../app/RowSplit.tsx';
import { AreaHeader } from '../../ui/AreaHeader.tsx';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Waiting } from '../../ui/Waiting.tsx';
import { showModelPage } from '../models/modelPlace.ts';
import { ConfigSheet } from './config/ConfigSheet.tsx';
import type { ConfigToEdit } from './config/ConfigSheet.tsx';
import { SnippetDialog } from './connect/SnippetDialog.tsx';
import { DeviceBars } from './DeviceBars.tsx';
import { EngineLog } from './EngineLog.tsx';
import { EngineTable } from './EngineTable.tsx';
import { isOff } from './engineGroups.ts';
import { PortSummary } from './PortSummary.tsx';
import { RequestTable } from './RequestTable.tsx';

/** In the place of a model in the address: the form for a configuration is open. */
const NEW = 'new';

/** What is loaded where, which requests run and wait, and how clients reach it. */
export function ServingView({ switcher, chosen }: { switcher: ReactNode; chosen: string | null }): ReactNode {
  const { t } = useTranslation();
  const { client, stores, toastError } = useApp();
  const snapshot = useStore(stores.serving, (state) => state.snapshot);
  const [isConnecting, setConnecting] = useState(false);
  const [edited, setEdited] = useState<ConfigToEdit | null>(null);
  const editing = chosen === NEW ? { configId: null } : edited;
  const endEditing = (): void => {
    setEdited(null);
    if (chosen === NEW) showModelPage('serving');
  };
  const unloadAll = (): void => { client.serving.unloadAll({}).catch(toastError); };
  useActions([
    { id: 'serving.unloadAll', title: t('serving.unloadAll'), area: t('serving.title'), isEnabled: () => true, run: unloadAll },
    { id: 'serving.connect', title: t('serving.connect'), area: t('serving.title'), isEnabled: () => true, run: () => { setConnecting(true); } },
  ]);
  const hasLoaded = snapshot?.models.some((model) => !isOff(model)) ?? false;
  return (
    <>
      <AreaHeader
        title={t('serving.title')}
        isTitleHidden
        actions={(
          <>
            <Button variant="quiet" disabledReason={hasLoaded ? null : t('serving.nothingLoaded')} onClick={unloadAll}>{t('serving.unloadAll')}</Button>
            <Button icon={<Plus size={14} aria-hidden />} onClick={() => { setEdited({ configId: null }); }}>{t('serving.newConfig')}</Button>
            <Button variant="primary" icon={<Unplug size={14} aria-hidden />} onClick={() => { setConnecting(true); }}>{t('serving.connect')}</Button>
          </>
        )}
      >
        {switcher}
        {snapshot === null ? null : <PortSummary snapshot={snapshot} />}
      </AreaHeader>
      {snapshot === null ? <Waiting label={t('serving.reading')} /> : <Body snapshot={snapshot} chosen={chosen} onEdit={(configId) => { setEdited({ configId }); }} />}
      {isConnecting ? <SnippetDialog onClose={() => { setConnecting(false); }} onEdit={(config) => { setConnecting(false); setEdited(config); }} /> : null}
      {editing === null ? null : <ConfigSheet {...editing} onClose={endEditing} />}
    </>
  );
}

/** In rem, with the lines of the header and the groups; what a table of this many models needs, within reason. */
function toTableHeight({ models }: ServingSnapshot): string {
  const lines = Math.min(14, Math.max(5, models.length + 4));
  return `${lines * 2.1875}rem`;
}

function Body({ snapshot, chosen, onEdit }: { snapshot: ServingSnapshot; chosen: string | null; onEdit: (configId: string) => void }): ReactNode {
  const { t } = useTranslation();
  if (snapshot.models.length === 0) {
    return <EmptyState icon={<Cpu size={28} />} title={t('serving.empty.title')} actions={<Button variant="primary" onClick={() => { showModelPage('hub'); }}>{t('models.findMore')}</Button>}>{t('serving.empty.text')}</EmptyState>;
  }
  const model = snapshot.models.find(({ configId }) => configId === chosen);
  const log = model === undefined ? null : <EngineLog key={model.configId} model={model} onClose={() => { showModelPage('serving'); }} />;
  // The log takes its room from the requests: the models stay where they are.
  const below = <RowSplit name="serving.log" label={t('serving.resizeLog')} start={{ bottom: '60%' }} top={<RequestTable snapshot={snapshot} />} bottom={log} />;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <DeviceBars snapshot={snapshot} />
      <RowSplit name="serving.tables" label={t('serving.resizeRequests')} start={{ top: toTableHeight(snapshot) }} top={<EngineTable snapshot={snapshot} chosenId={chosen} onEdit={onEdit} />} bottom={<div className="flex h-full flex-col">{below}</div>} />
    </div>
  );
}
