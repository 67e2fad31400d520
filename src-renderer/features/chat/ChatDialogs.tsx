import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Conversation } from '#contract/conversations.ts';
import { useApp } from '../../app/appContext.tsx';
import { navigate, parseHash } from '../../app/route.ts';
import { formatNumber } from '../../base/format.ts';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { workspaceOf } from './chatWorkspace.ts';

/** What asks for a decision about a conversation. */
export function ChatDialogs(): ReactNode {
  const { stores } = useApp();
  const workspace = workspaceOf(stores.conversations);
  const dialog = useStore(workspace, (state) => state.dialog);
  const conversation = useStore(stores.conversations, ({ byId }) => (dialog === null ? undefined : byId[dialog.conversationId]));
  const close = (): void => { workspace.setState({ dialog: null }); };
  if (dialog === null || conversation === undefined) return null;
  return dialog.kind === 'delete' ? <DeleteDialog conversation={conversation} onClose={close} /> : <RenameDialog conversation={conversation} onClose={close} />;
}

interface DialogParts { conversation: Conversation; onClose: () => void }

function DeleteDialog({ conversation, onClose }: DialogParts): ReactNode {
  const { t } = useTranslation();
  const { client, toastError } = useApp();
  const { id, title, messageCount } = conversation;
  const remove = (): void => {
    onClose();
    if (parseHash(window.location.hash).rest[0] === id) navigate('chat', 'new');
    client.conversations.remove({ conversation: id }).catch(toastError);
  };
  return (
    <ConfirmDialog isOpen onClose={onClose} isDanger title={t('chat.deleteConversation')} confirmLabel={t('chat.delete')} onConfirm={remove}>
      <p>{t('chat.deleteText', { title: title === '' ? t('chat.newTitle') : title, count: messageCount, shown: formatNumber(messageCount) })}</p>
    </ConfirmDialog>
  );
}

function RenameDialog({ conversation, onClose }: DialogParts): ReactNode {
  const { t } = useTranslation();
  const { client, toastError } = useApp();
  const [title, setTitle] = useState(conversation.title);
  const reason = title.trim() === '' ? t('chat.titleEmpty') : null;
  const save = (): void => {
    if (reason !== null) return;
    onClose();
    client.conversations.update({ conversation: conversation.id, set: { title: title.trim() } }).catch(toastError);
  };
  const footer = <><Button onClick={onClose}>{t('app.cancel')}</Button><Button variant="primary" disabledReason={reason} onClick={save}>{t('chat.renameNow')}</Button></>;
  return (
    <Dialog isOpen onClose={onClose} title={t('chat.rename')} footer={footer}>
      <TextField label={t('chat.titleField')} value={title} maxLength={200} onChange={setTitle} onKeyDown={(event) => { if (event.key === 'Enter') save(); }} />
    </Dialog>
  );
}
