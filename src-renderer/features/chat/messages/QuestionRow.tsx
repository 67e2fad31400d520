import { Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Message } from '#contract/conversations.ts';
import { useApp } from '../../../app/appContext.tsx';
import { Button } from '../../../ui/Button.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { dropDraft, setDraft, workspaceOf } from '../chatWorkspace.ts';
import { CopyIcon } from './CopyIcon.tsx';
import { SentAttachments } from '../attached/SentAttachments.tsx';
import { useMessageActions } from './messageActions.ts';
import { MessageTime } from './MessageTime.tsx';
import { SiblingSwitch } from './SiblingSwitch.tsx';

/** What a person asked, as plain text; editing it begins another branch. */
export function QuestionRow({ message }: { message: Message }): ReactNode {
  const { t } = useTranslation();
  const { blockedReason, remove } = useMessageActions();
  const { stores } = useApp();
  const workspace = workspaceOf(stores.conversations);
  // In the workspace, since the row goes when it is scrolled out of sight.
  const edited = useStore(workspace, ({ drafts }) => drafts[message.id]?.text);
  const [isOpenedHere, setOpenedHere] = useState(false);
  const setText = (text: string): void => { setDraft(workspace, message.id, { text }); };
  if (edited !== undefined) return <QuestionEditor message={message} text={edited} hasFocus={isOpenedHere} onText={setText} onClose={() => { dropDraft(workspace, message.id); }} />;
  return (
    <div className="group flex flex-col items-end gap-1 pt-4 pb-3">
      <h3 className="sr-only">{t('chat.you')}</h3>
      {message.attachments.length > 0 ? <SentAttachments message={message} /> : null}
      {message.content === '' ? null : <div className="max-w-[85%] rounded-[0.875rem] bg-raised px-4 py-2.5 text-[1.25rem] leading-[1.6] [overflow-wrap:anywhere] whitespace-pre-wrap">{message.content}</div>}
      <div className="flex h-6 items-center gap-0.5 opacity-0 transition-opacity duration-100 group-focus-within:opacity-100 group-hover:opacity-100 has-[[role=group]]:opacity-100 [@media(hover:none)]:opacity-100">
        <span className="mr-1.5 text-xs text-muted"><MessageTime atMs={message.createdAtMs} /></span>
        <CopyIcon label={t('chat.copyQuestion')} text={message.content} />
        <IconButton size="sm" label={t('chat.edit')} icon={<Pencil size={14} aria-hidden />} disabledReason={blockedReason} onClick={() => { setOpenedHere(true); setText(message.content); }} />
        <IconButton size="sm" label={t('chat.deleteQuestion')} icon={<Trash2 size={14} aria-hidden />} disabledReason={blockedReason} onClick={() => { remove(message); }} />
        <SiblingSwitch message={message} />
      </div>
    </div>
  );
}

interface QuestionEditorProps {
  message: Message;
  text: string;
  /** It was opened just now; one that is scrolled into sight takes the focus from nobody. */
  hasFocus: boolean;
  onText: (text: string) => void;
  onClose: () => void;
}

function QuestionEditor({ message, text, hasFocus, onText, onClose }: QuestionEditorProps): ReactNode {
  const { t } = useTranslation();
  const { edit, blockedReason } = useMessageActions();
  const [isBusy, setBusy] = useState(false);
  const reason = text.trim() === '' && message.attachments.length === 0 ? t('chat.nothingToSend') : blockedReason;
  const send = async (): Promise<void> => {
    if (reason !== null) return;
    setBusy(true);
    const isSent = await edit(message, text);
    setBusy(false);
    if (isSent) onClose();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onClose();
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send().catch(() => { setBusy(false); });
  };
  return (
    <div className="flex flex-col gap-2 pt-4 pb-5">
      <textarea aria-label={t('chat.edit')} autoFocus={hasFocus} value={text} onChange={(event) => { onText(event.target.value); }} onKeyDown={onKeyDown} className="max-h-[50vh] min-h-20 w-full resize-none rounded-[0.875rem] border border-edge bg-raised px-4 py-2.5 text-[1.25rem] leading-[1.6] [field-sizing:content]" />
      <div className="flex items-center justify-end gap-2">
        <span className="mr-auto text-xs text-muted">{t('chat.editHint')}</span>
        <Button onClick={onClose}>{t('app.cancel')}</Button>
        <Button variant="primary" isBusy={isBusy} disabledReason={reason} onClick={() => { send().catch(() => { setBusy(false); }); }}>{t('chat.send')}</Button>
      </div>
    </div>
  );
}
