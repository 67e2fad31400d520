import { Cpu, Plus, Unplug } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { ServingSnapshot } from '#contract/serving.ts';
import { useActions } from '../../app/actions.ts';
import { useApp } from '../../app/appContext.tsx';
import { AreaHeader } from '../../ui/AreaHeader.tsx';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Waiting } from '../../ui/Waiting.tsx';
import { showModelPage } from '../models/modelPlace.ts';
import { ConfigSheet } from './ConfigSheet.tsx';
import { DeviceBars } from './DeviceBars.tsx';
import { EngineLog } from './EngineLog.tsx';
import { EngineTable } from './EngineTable.tsx';
import { RequestTable } from './RequestTable.tsx';
import { SnippetDialog } from './SnippetDialog.tsx';

/** What is loaded where, which requests run and wait, and how clients reach it. */
export function ServingView({ switcher, chosen }: { switcher: ReactNode; chosen: string | null }): ReactNode {
  const { t } = useTranslation();
  const { client, stores, toastError } = useApp();
  const snapshot = useStore(stores.serving, (state) => state.snapshot);
  const [isConnecting, setConnecting] = useState(false);
  const [editing, setEditing] = useState<string | null>(null);
  const unloadAll = (): void => { client.serving.unloadAll({}).catch(toastError); };
  useActions([
    { id: 'serving.unloadAll', title: t('serving.unloadAll'), area: t('serving.title'), isEnabled: () => true, run: unloadAll },
    { id: 'serving.connect', title: t('serving.connect'), area: t('serving.title'), isEnabled: () => true, run: () => { setConnecting(true); } },
  ]);
  const hasLoaded = snapshot?.models.some(({ state }) => state !== 'unloaded') ?? false;
  return (
    <>
      <AreaHeader
        title={t('serving.title')}
        isTitleHidden
        actions={(
          <>
            <Button variant="quiet" disabledReason={hasLoaded ? null : t('serving.nothingLoaded')} onClick={unloadAll}>{t('serving.unloadAll')}</Button>
            <Button icon={<Plus size={14} aria-hidden />} onClick={() => { setEditing(''); }}>{t('serving.newConfig')}</Button>
            <Button variant="primary" icon={<Unplug size={14} aria-hidden />} onClick={() => { setConnecting(true); }}>{t('serving.connect')}</Button>
          </>
        )}
      >
        {switcher}
        {snapshot === null ? null : <Summary snapshot={snapshot} />}
      </AreaHeader>
      {snapshot === null ? <Waiting label={t('serving.reading')} /> : <Body snapshot={snapshot} chosen={chosen} onEdit={setEditing} />}
      {isConnecting ? <SnippetDialog onClose={() => { setConnecting(false); }} /> : null}
      {editing === null ? null : <ConfigSheet key={editing} configId={editing === '' ? null : editing} onClose={() => { setEditing(null); }} />}
    </>
  );
}

function Summary({ snapshot: { address, requests, queuedCount, isLlamaServerThere, llamaServerVersion } }: { snapshot: ServingSnapshot }): ReactNode {
  const { t } = useTranslation();
  const engine = isLlamaServerThere ? t('serving.llamaServer', { version: llamaServerVersion ?? '' }) : t('serving.embeddedOnly');
  return <span className="tabular truncate text-muted" title={engine}>{[address === null ? null : `${address}/v1`, t('serving.running', { count: requests.length - queuedCount }), queuedCount > 0 ? t('serving.queued', { count: queuedCount }) : null, engine].filter(Boolean).join(' · ')}</span>;
}

function Body({ snapshot, chosen, onEdit }: { snapshot: ServingSnapshot; chosen: string | null; onEdit: (configId: string) => void }): ReactNode {
  const { t } = useTranslation();
  if (snapshot.models.length === 0) {
    return <EmptyState icon={<Cpu size={28} />} title={t('serving.empty.title')} actions={<Button variant="primary" onClick={() => { showModelPage('hub'); }}>{t('models.findMore')}</Button>}>{t('serving.empty.text')}</EmptyState>;
  }
  const model = snapshot.models.find(({ configId }) => configId === chosen);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <DeviceBars snapshot={snapshot} />
      <div className="min-h-40 flex-[3]"><EngineTable snapshot={snapshot} chosenId={chosen} onEdit={onEdit} /></div>
      <div className="min-h-32 flex-[2] border-t border-line"><RequestTable snapshot={snapshot} /></div>
      {model === undefined ? null : <div className="h-56 shrink-0 border-t border-line"><EngineLog key={model.configId} model={model} onClose={() => { showModelPage('serving'); }} /></div>}
    </div>
  );
}
