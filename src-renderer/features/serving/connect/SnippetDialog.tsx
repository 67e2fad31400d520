import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useApp } from '../../../app/appContext.tsx';
import { Button } from '../../../ui/Button.tsx';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Select } from '../../../ui/Select.tsx';
import { showModelPage } from '../../models/modelPlace.ts';
import { formatTokens } from '../../models/modelWords.ts';
import type { ConfigToEdit } from '../config/ConfigSheet.tsx';
import { toSnippetChoices } from './snippetChoices.ts';
import type { SnippetChoice } from './snippetChoices.ts';
import { AGENT_CONTEXT_TOKENS, chooseBase, toSnippets } from './snippets.ts';
import type { Snippet, SnippetBlock } from './snippets.ts';

interface SnippetDialogProps { onClose: () => void; onEdit: (config: ConfigToEdit) => void }

/** How each client is told to use a model of this machine, ready to paste. */
export function SnippetDialog({ onClose, onEdit }: SnippetDialogProps): ReactNode {
  const { t } = useTranslation();
  const choices = useChoices();
  const [configId, setConfigId] = useState(choices[0]?.configId ?? '');
  const [client, setClient] = useState('curl');
  const choice = choices.find((each) => each.configId === configId) ?? choices[0] ?? null;
  const snippets = useSnippets(choice);
  const snippet = snippets.find(({ id }) => id === client);
  const footer = <><Button onClick={() => { onClose(); showModelPage('keys'); }}>{t('serving.manageKeys')}</Button><Button variant="primary" onClick={onClose}>{t('app.close')}</Button></>;
  return (
    <Dialog isOpen onClose={onClose} width="lg" title={t('serving.connect')} description={t('serving.connectText')} footer={footer}>
      <div className="flex flex-col gap-3">
        <div className="grid grid-cols-2 gap-3">
          <Select label={t('serving.client')} value={client} options={snippets.map(({ id, title }) => ({ value: id, label: title }))} onChange={setClient} />
          <Select label={t('serving.column.name')} value={choice?.configId ?? null} placeholder={t('serving.noChoice')} options={choices.map((each) => ({ value: each.configId, label: each.name, hint: toHint(each, t) }))} onChange={setConfigId} />
        </div>
        {snippet === undefined ? null : <Pieces snippet={snippet} choice={choice} onEdit={onEdit} />}
      </div>
    </Dialog>
  );
}

function useSnippets(choice: SnippetChoice | null): Snippet[] {
  const { stores } = useApp();
  const address = useStore(stores.serving, ({ snapshot }) => snapshot?.address ?? null);
  const { name: model, contextTokens, canInfill } = choice ?? { name: 'MODEL', contextTokens: AGENT_CONTEXT_TOKENS, canInfill: false };
  return toSnippets({ base: chooseBase(window.location, address), model, key: 'YOUR_KEY', contextTokens, canInfill });
}

function useChoices(): SnippetChoice[] {
  const { stores } = useApp();
  const models = useStore(stores.serving, ({ snapshot }) => snapshot?.models);
  const configs = useStore(stores.configs, ({ byId }) => byId);
  const versions = useStore(stores.models, ({ byId }) => byId);
  return toSnippetChoices(models ?? [], { configs, versions });
}

function toHint({ isLoaded, canChat }: SnippetChoice, t: (key: string) => string): string | undefined {
  if (!canChat) return t('serving.cannotChat');
  return isLoaded ? t('serving.groupLoaded') : undefined;
}

function Block({ block: { place, text } }: { block: SnippetBlock }): ReactNode {
  const { t } = useTranslation();
  const label = t(`serving.snippetPlace.${place}`);
  return (
    <section aria-label={label} className="flex flex-col gap-1">
      <div className="flex items-center justify-between gap-3"><span className="text-muted">{label}</span><CopyButton text={text} /></div>
      <pre tabIndex={0} aria-label={label} className="max-h-80 overflow-auto rounded-sm border border-line bg-bg p-3 font-mono text-xs whitespace-pre">{text}</pre>
    </section>
  );
}

/** Agents need more context than a model gets by itself: says so, and offers a configuration that has it. */
function ContextWarning({ choice: { name, reference, contextTokens, maxContextTokens }, onEdit }: { choice: SnippetChoice; onEdit: (config: ConfigToEdit) => void }): ReactNode {
  const { t } = useTranslation();
  if (contextTokens >= AGENT_CONTEXT_TOKENS) return null;
  const facts = { context: toUnbroken(contextTokens), needed: toUnbroken(AGENT_CONTEXT_TOKENS) };
  const isTooSmall = maxContextTokens !== null && maxContextTokens < AGENT_CONTEXT_TOKENS;
  const make = (): void => { onEdit({ configId: null, start: { name: `${name}-32k`, model: reference, contextTokens: AGENT_CONTEXT_TOKENS, slots: 1 } }); };
  return (
    <div role="note" className="flex items-center gap-3 rounded-sm border border-line bg-bg px-3 py-2">
      <p className="min-w-0 flex-1"><span className="text-stalled">{t('serving.shortContext')}</span> {t(isTooSmall ? 'serving.shortContextModel' : 'serving.shortContextText', facts)}</p>
      {isTooSmall || reference === null ? null : <Button size="sm" onClick={make}>{t('serving.makeLonger', facts)}</Button>}
    </div>
  );
}

function toUnbroken(tokens: number): string {
  return formatTokens(tokens).replaceAll(' ', '\u00a0');
}

function Pieces({ snippet: { id, blocks, hasNote, isAgent }, choice, onEdit }: { snippet: Snippet; choice: SnippetChoice | null } & Pick<SnippetDialogProps, 'onEdit'>): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      {isAgent && choice !== null ? <ContextWarning choice={choice} onEdit={onEdit} /> : null}
      {blocks.map((block) => <Block key={block.place} block={block} />)}
      <div className="flex flex-col gap-1 text-muted">
        {hasNote ? <p>{t(`serving.snippetNote.${id}`)}</p> : null}
        <p>{t('serving.keyNote')}</p>
      </div>
    </>
  );
}
