import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { ServingSnapshot } from '#contract/serving.ts';
import { useApp } from '../../app/appContext.tsx';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Select } from '../../ui/Select.tsx';
import { showModelPage } from '../models/modelPlace.ts';
import { toSnippets } from './snippets.ts';

/** How each client is told to use a model of this machine, ready to paste. */
export function SnippetDialog({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const snapshot = useStore(stores.serving, (state) => state.snapshot);
  const names = toNames(snapshot);
  const [model, setModel] = useState(names[0]);
  const [client, setClient] = useState('curl');
  const snippets = toSnippets({ base: snapshot?.address ?? window.location.origin, model, key: 'YOUR_KEY' });
  const snippet = snippets.find(({ id }) => id === client);
  const footer = <><Button onClick={() => { onClose(); showModelPage('keys'); }}>{t('serving.manageKeys')}</Button><Button variant="primary" onClick={onClose}>{t('app.close')}</Button></>;
  return (
    <Dialog isOpen onClose={onClose} width="lg" title={t('serving.connect')} description={t('serving.connectText')} footer={footer}>
      <div className="flex flex-col gap-3">
        <div className="grid grid-cols-2 gap-3">
          <Select label={t('serving.client')} value={client} options={snippets.map(({ id, title }) => ({ value: id, label: title }))} onChange={setClient} />
          <Select label={t('serving.column.name')} value={model} options={names.map((name) => ({ value: name, label: name }))} onChange={setModel} />
        </div>
        <pre tabIndex={0} aria-label={snippet?.title} className="max-h-80 overflow-auto rounded-sm border border-line bg-bg p-3 font-mono text-xs whitespace-pre">{snippet?.text}</pre>
        <div className="flex items-center gap-3"><CopyButton text={snippet?.text ?? ''} /><span className="text-muted">{t('serving.keyNote')}</span></div>
      </div>
    </Dialog>
  );
}

function toNames(snapshot: ServingSnapshot | null): [string, ...string[]] {
  const [first = 'model', ...rest] = new Set(snapshot?.models.map(({ name }) => name) ?? []);
  return [first, ...rest];
}
