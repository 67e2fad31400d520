import { Eject, FolderOpen, MessageSquare, Play, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useStore } from 'zustand';
import type { ModelVersion } from '#contract/models.ts';
import { useApp } from '../../../app/appContext.tsx';
import { navigate } from '../../../app/route.ts';
import { useView } from '../../../app/views.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Segmented } from '../../../ui/Segmented.tsx';
import { findLoaded } from '../../serving/servingStore.ts';
import { useLoading } from '../../serving/useLoading.ts';
import { showVersion } from '../modelPlace.ts';
import { FilesPart } from './FilesPart.tsx';
import { LineageGraph } from './LineageGraph.tsx';
import { MetadataPart } from './MetadataPart.tsx';
import { ModelFacts } from './ModelFacts.tsx';
import { RemoveDialog } from './RemoveDialog.tsx';

const pages = ['facts', 'metadata', 'template', 'lineage', 'files'] as const;
const page = z.enum(pages);

/** One version: what it is, whether it fits, its header, its template, where it comes from, its files. */
export function ModelDetail({ version }: { version: ModelVersion }): ReactNode {
  const { t } = useTranslation();
  const [shown, setShown] = useView('models.detailPage', page, 'facts');
  return (
    <section aria-label={version.reference} className="flex min-w-0 flex-1 flex-col bg-panel">
      <DetailHeader version={version} />
      <div className="shrink-0 border-b border-line px-4 py-1.5"><Segmented label={t('models.detail')} value={shown} options={pages.map((value) => ({ value, label: t(`models.detailPage.${value}`) }))} onChange={setShown} /></div>
      <div className="min-h-0 flex-1 overflow-auto px-4 py-3" tabIndex={0} role="group" aria-label={t(`models.detailPage.${shown}`)}>
        {shown === 'facts' ? <ModelFacts version={version} /> : null}
        {shown === 'metadata' ? <MetadataPart model={version.id} part="entries" /> : null}
        {shown === 'template' ? <MetadataPart model={version.id} part="template" /> : null}
        {shown === 'lineage' ? <LineageGraph version={version} /> : null}
        {shown === 'files' ? <FilesPart version={version} /> : null}
      </div>
    </section>
  );
}

function DetailHeader({ version }: { version: ModelVersion }): ReactNode {
  const { t } = useTranslation();
  const { client, stores, toastError } = useApp();
  const { load, unload } = useLoading();
  const loaded = useStore(stores.serving, (state) => findLoaded(state, version.id));
  const [isRemoving, setRemoving] = useState(false);
  const cannotLoad = version.health === 'ok' && version.kind === 'model' ? null : t('models.cannotLoad');
  return (
    <header className="flex shrink-0 flex-wrap items-center gap-x-2 gap-y-1.5 border-b border-line px-4 py-2">
      <h2 className="min-w-0 truncate text-base font-medium" title={version.reference}>{version.modelName}</h2>
      <Badge>{version.label}</Badge>
      <span className="ml-auto flex items-center gap-1.5">
        {version.capabilities.includes('chat') ? <Button icon={<MessageSquare size={14} aria-hidden />} disabledReason={cannotLoad} onClick={() => { navigate('chat', 'new', version.reference); }}>{t('models.chat')}</Button> : null}
        {loaded === null
          ? <Button icon={<Play size={14} aria-hidden />} disabledReason={cannotLoad} onClick={() => { load(version.reference); }}>{t('serving.load')}</Button>
          : <Button icon={<Eject size={14} aria-hidden />} onClick={() => { unload(loaded.name); }}>{t('serving.unload')}</Button>}
        <IconButton label={t('models.reveal')} icon={<FolderOpen size={15} aria-hidden />} onClick={() => { client.system.reveal({ path: version.path ?? version.folder }).catch(toastError); }} />
        <IconButton label={t('models.remove.title')} icon={<Trash2 size={15} aria-hidden />} onClick={() => { setRemoving(true); }} />
        <IconButton label={t('app.close')} icon={<X size={16} aria-hidden />} onClick={() => { showVersion(null); }} />
      </span>
      {isRemoving ? <RemoveDialog version={version} onClose={() => { setRemoving(false); }} /> : null}
    </header>
  );
}
