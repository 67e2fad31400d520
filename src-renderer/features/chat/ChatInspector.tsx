import { RotateCcw, X } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { ChatSampling, Conversation } from '#contract/conversations.ts';
import { useApp } from '../../app/appContext.tsx';
import { useRoute } from '../../app/route.ts';
import { formatNumber } from '../../base/format.ts';
import { Button } from '../../ui/Button.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { TextArea } from '../../ui/TextArea.tsx';
import { noSampling, setBeginning, workspaceOf } from './chatWorkspace.ts';
import { useAtEnd } from './useAtEnd.ts';
import { SamplingFields } from './SamplingFields.tsx';

/** The system prompt and the sampling of the conversation on screen, or of the next new one. */
export function ChatInspector(): ReactNode {
  const { stores, client, view, toastError } = useApp();
  const { t } = useTranslation();
  const id = useRoute().rest[0];
  const conversation = useStore(stores.conversations, ({ byId }) => (id === undefined ? undefined : byId[id]));
  const workspace = workspaceOf(stores.conversations);
  const beginning = useStore(workspace, (state) => state.beginning);
  const set = (change: { systemPrompt?: string; sampling?: ChatSampling }): void => {
    if (conversation === undefined) setBeginning(workspace, change);
    else client.conversations.update({ conversation: conversation.id, set: change }).catch(toastError);
  };
  const { systemPrompt, sampling } = conversation ?? beginning;
  return (
    <div className="flex flex-col">
      <header className="flex min-h-10 items-center gap-2 border-b border-line px-3">
        <h2 className="flex-1 truncate text-base font-medium">{t('chat.settings')}</h2>
        <IconButton label={t('chat.closeSettings')} shortcut="Ctrl+I" icon={<X size={15} aria-hidden />} onClick={() => { view.setState({ isInspectorOpen: false }); }} />
      </header>
      <div className="flex flex-col gap-4 p-3">
        <SystemPrompt key={conversation?.id ?? 'new'} value={systemPrompt} onChange={(text) => { set({ systemPrompt: text }); }} />
        <section aria-labelledby="chat-sampling" className="flex flex-col gap-2.5">
          <div className="flex items-center justify-between">
            <h3 id="chat-sampling" className="font-medium">{t('chat.sampling.title')}</h3>
            <Button size="sm" variant="quiet" icon={<RotateCcw size={13} aria-hidden />} onClick={() => { set({ sampling: noSampling }); }}>{t('chat.sampling.reset')}</Button>
          </div>
          <SamplingFields key={conversation?.id ?? 'new'} sampling={sampling} onChange={(next) => { set({ sampling: next }); }} />
        </section>
        {conversation === undefined ? null : <Facts conversation={conversation} />}
      </div>
    </div>
  );
}

/** Kept when the field is left, also by a look elsewhere, so that not every key is a change. */
function SystemPrompt({ value, onChange }: { value: string; onChange: (text: string) => void }): ReactNode {
  const { t } = useTranslation();
  const [text, setText] = useState<string | null>(null);
  const save = (): void => {
    if (text !== null && text !== value) onChange(text);
    setText(null);
  };
  useAtEnd(save);
  return <TextArea label={t('chat.systemPrompt')} help={t('chat.systemPromptHelp')} rows={6} maxLength={100_000} value={text ?? value} onChange={setText} onBlur={save} className="max-h-[40vh] [field-sizing:content] min-h-24" />;
}

function Facts({ conversation }: { conversation: Conversation }): ReactNode {
  const { t } = useTranslation();
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 border-t border-line pt-3 text-muted">
      <dt>{t('chat.fact.messages')}</dt><dd className="tabular text-right">{formatNumber(conversation.messageCount)}</dd>
      <dt>{t('chat.fact.created')}</dt><dd className="text-right"><RelativeTime atMs={conversation.createdAtMs} /></dd>
      <dt>{t('chat.fact.updated')}</dt><dd className="text-right"><RelativeTime atMs={conversation.updatedAtMs} /></dd>
    </dl>
  );
}
