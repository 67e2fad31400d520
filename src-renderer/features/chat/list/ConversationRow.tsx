import { Ellipsis, Pin } from 'lucide-react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app/appContext.tsx';
import type { Conversation } from '#contract/conversations.ts';
import { toHash } from '../../../app/route.ts';
import { classNames } from '../../../base/classNames.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { ContextMenu, DropdownMenu } from '../../../ui/Menu.tsx';
import { workspaceOf } from '../chatWorkspace.ts';
import { useConversationMenu } from '../useConversationMenu.tsx';

/** One conversation in the list. Delete and F2 do what they do in other lists. */
export function ConversationRow({ conversation, isCurrent }: { conversation: Conversation; isCurrent: boolean }): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const menu = useConversationMenu(conversation);
  const title = conversation.title === '' ? t('chat.newTitle') : conversation.title;
  const onKeyDown = (event: KeyboardEvent): void => {
    const kind = event.key === 'Delete' ? 'delete' : event.key === 'F2' ? 'rename' : null;
    if (kind !== null) workspaceOf(stores.conversations).setState({ dialog: { kind, conversationId: conversation.id } });
  };
  return (
    <ContextMenu items={menu}>
      <li className={classNames('group flex items-center rounded-sm', isCurrent ? 'bg-selected' : 'hover:bg-hover')}>
        <a href={toHash('chat', conversation.id)} aria-current={isCurrent ? 'page' : undefined} title={title} onKeyDown={onKeyDown} className="flex min-h-row min-w-0 flex-1 items-center gap-1.5 rounded-sm px-2 no-underline">
          {conversation.isPinned ? <Pin size={12} aria-hidden className="shrink-0 text-muted" /> : null}
          <span className="truncate">{title}</span>
        </a>
        <span className="pr-0.5 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 has-data-[state=open]:opacity-100 [@media(hover:none)]:opacity-100">
          <DropdownMenu items={menu} trigger={<IconButton size="sm" label={t('chat.moreOf', { title })} icon={<Ellipsis size={14} aria-hidden />} />} />
        </span>
      </li>
    </ContextMenu>
  );
}
