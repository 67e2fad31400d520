import { SquarePen } from 'lucide-react';
import { useRef } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Conversation } from '#contract/conversations.ts';
import { useApp } from '../../../app/appContext.tsx';
import { navigate } from '../../../app/route.ts';
import { useNow } from '../../../base/useNow.ts';
import { FilterField } from '../../../ui/FilterField.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { NEW_SHORTCUT } from '../chatCommands.ts';
import { workspaceOf } from '../chatWorkspace.ts';
import { groupConversations } from './conversationGroups.ts';
import { ConversationRow } from './ConversationRow.tsx';
import { SearchResults } from './SearchResults.tsx';

const MINUTE_MS = 60_000;

/** All conversations, and what a search finds in them. */
export function ConversationList({ currentId }: { currentId: string | null }): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const workspace = workspaceOf(stores.conversations);
  const search = useStore(workspace, (state) => state.search);
  const byId = useStore(stores.conversations, (state) => state.byId);
  const list = useRef<HTMLDivElement>(null);
  return (
    <nav aria-label={t('chat.conversations')} className="flex h-full min-h-0 flex-col bg-panel">
      <div className="flex min-h-10 items-center gap-2 border-b border-line px-3 py-1">
        <h1 className="flex-1 text-base font-medium">{t('chat.title')}</h1>
        <IconButton label={t('chat.new')} shortcut={NEW_SHORTCUT} icon={<SquarePen size={16} aria-hidden />} onClick={() => { navigate('chat', 'new'); }} />
      </div>
      <div className="p-2 [&>span]:w-full"><FilterField label={t('chat.search')} value={search} onChange={(text) => { workspace.setState({ search: text }); }} onLeave={() => { list.current?.querySelector<HTMLElement>('a')?.focus(); }} /></div>
      <div ref={list} onKeyDown={moveFocus} className="min-h-0 flex-1 overflow-y-auto px-1.5 pb-2">
        {search.trim() === '' ? <Groups conversations={Object.values(byId)} currentId={currentId} /> : <SearchResults text={search} />}
      </div>
    </nav>
  );
}

function Groups({ conversations, currentId }: { conversations: readonly Conversation[]; currentId: string | null }): ReactNode {
  const { t } = useTranslation();
  const nowMs = useNow(MINUTE_MS);
  if (conversations.length === 0) return <p className="px-2 py-3 text-muted">{t('chat.noConversations')}</p>;
  return groupConversations(conversations, nowMs).map(({ key, members }) => (
    <section key={key} aria-label={t(`chat.group.${key}`)}>
      <h2 className="px-2 pt-2.5 pb-1 text-xs text-muted">{t(`chat.group.${key}`)}</h2>
      <ul>{members.map((one) => <ConversationRow key={one.id} conversation={one} isCurrent={one.id === currentId} />)}</ul>
    </section>
  ));
}

/** The arrows go from line to line. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  const lines = [...event.currentTarget.querySelectorAll<HTMLElement>('a')];
  const next = lines[lines.findIndex((line) => line === document.activeElement) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
