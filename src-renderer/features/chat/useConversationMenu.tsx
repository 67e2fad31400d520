import { Braces, FileDown, Pencil, Pin, PinOff, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '#contract/conversations.ts';
import { useApp } from '../../app/appContext.tsx';
import type { MenuEntry } from '../../ui/Menu.tsx';
import { saveExport } from './chatCommands.ts';
import { workspaceOf } from './chatWorkspace.ts';

/** What can be done with a conversation: the same in its header and in the list. */
export function useConversationMenu({ id, isPinned }: Conversation): MenuEntry[] {
  const { t } = useTranslation();
  const { client, stores, toastError } = useApp();
  const workspace = workspaceOf(stores.conversations);
  const save = (as: 'markdown' | 'json') => (): void => { saveExport(client, id, as).catch(toastError); };
  return [
    { id: 'rename', label: t('chat.rename'), icon: <Pencil size={14} aria-hidden />, onSelect: () => { workspace.setState({ dialog: { kind: 'rename', conversationId: id } }); } },
    { id: 'pin', label: isPinned ? t('chat.unpin') : t('chat.pin'), icon: isPinned ? <PinOff size={14} aria-hidden /> : <Pin size={14} aria-hidden />, onSelect: () => { client.conversations.update({ conversation: id, set: { isPinned: !isPinned } }).catch(toastError); } },
    'separator',
    { id: 'markdown', label: t('chat.exportMarkdown'), icon: <FileDown size={14} aria-hidden />, onSelect: save('markdown') },
    { id: 'json', label: t('chat.exportJson'), icon: <Braces size={14} aria-hidden />, onSelect: save('json') },
    'separator',
    { id: 'delete', label: t('chat.deleteConversation'), icon: <Trash2 size={14} aria-hidden />, isDanger: true, onSelect: () => { workspace.setState({ dialog: { kind: 'delete', conversationId: id } }); } },
  ];
}
