import { useTranslation } from 'react-i18next';
import type { Conversation } from '#contract/conversations.ts';
import { useActions } from '../../app/actions.ts';
import type { Action } from '../../app/actions.ts';
import { useApp } from '../../app/appContext.tsx';
import { saveExport } from './chatCommands.ts';
import { workspaceOf } from './chatWorkspace.ts';

interface Parts { conversation: Conversation; isBusy: boolean; stop: () => void }

/** What the palette can do with the conversation on screen. */
export function useConversationActions({ conversation: { id }, isBusy, stop }: Parts): void {
  const { t } = useTranslation();
  const { client, stores } = useApp();
  const area = t('chat.title');
  const isEnabled = (): true => true;
  const ask = (kind: 'rename' | 'delete') => (): void => { workspaceOf(stores.conversations).setState({ dialog: { kind, conversationId: id } }); };
  const save = (as: 'markdown' | 'json') => async (): Promise<void> => { await saveExport(client, id, as); };
  const actions: Action[] = [
    { id: 'chat.stop', title: t('chat.stopAnswer'), area, shortcut: 'Escape', isShortcutLocal: true, isEnabled: () => isBusy || t('chat.noAnswer'), run: stop },
    { id: 'chat.rename', title: t('chat.renameConversation'), area, isEnabled, run: ask('rename') },
    { id: 'chat.exportMarkdown', title: t('chat.exportConversationMarkdown'), area, isEnabled, run: save('markdown') },
    { id: 'chat.exportJson', title: t('chat.exportConversationJson'), area, isEnabled, run: save('json') },
    { id: 'chat.delete', title: t('chat.deleteConversation'), area, isEnabled, run: ask('delete') },
  ];
  useActions(actions);
}
