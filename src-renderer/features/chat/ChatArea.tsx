import { MessageCircleOff } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { z } from 'zod';
import { useStore } from 'zustand';
import { useActions } from '../../app/actions.ts';
import { useApp } from '../../app/appContext.tsx';
import { focusFilter } from '../../app/focus.ts';
import { navigate, useRoute } from '../../app/route.ts';
import { useView } from '../../app/views.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Waiting } from '../../ui/Waiting.tsx';
import { NEW_SHORTCUT } from './chatCommands.ts';
import { ChatDialogs } from './ChatDialogs.tsx';
import { ConversationView } from './ConversationView.tsx';
import { ConversationList } from './list/ConversationList.tsx';
import type { ListFold } from './listFold.ts';
import { NewConversation } from './NewConversation.tsx';
import './prose.css';

const rememberedList = z.object({ isOpen: z.boolean(), size: z.number().min(5).max(60) });

/** Conversations with the models of this machine. */
export function ChatArea(): ReactNode {
  const { t } = useTranslation();
  const [list, rememberList] = useView('chat.list', rememberedList, { isOpen: true, size: 20 });
  const fold: ListFold = { isOpen: list.isOpen, toggle: () => { rememberList({ ...list, isOpen: !list.isOpen }); } };
  const initial = useRef(list.size);
  const currentId = useCurrentId();
  useActions([
    { id: 'chat.new', title: t('chat.new'), area: t('chat.title'), shortcut: NEW_SHORTCUT, isEnabled: () => true, run: () => { navigate('chat', 'new'); } },
    { id: 'chat.list', title: list.isOpen ? t('chat.hideList') : t('chat.showList'), area: t('chat.title'), isEnabled: () => true, run: fold.toggle },
    { id: 'chat.search', title: t('chat.search'), area: t('chat.title'), isEnabled: () => true, run: () => { if (!list.isOpen) fold.toggle(); requestAnimationFrame(focusFilter); } },
  ]);
  const onLayout = (layout: Readonly<Record<string, number>>): void => {
    const size = layout['list'];
    if (size !== undefined && size >= 5 && size !== list.size) rememberList({ ...list, size });
  };
  return (
    <Group orientation="horizontal" className="min-h-0 flex-1" onLayoutChanged={onLayout}>
      {list.isOpen ? <Panel id="list" defaultSize={`${initial.current}%`} minSize="12%" maxSize="45%"><ConversationList currentId={currentId} /></Panel> : null}
      {list.isOpen ? <Separator aria-label={t('chat.resizeList')} className="w-px bg-line transition-colors duration-100 hover:bg-accent focus-visible:bg-accent data-[separator=active]:bg-accent" /> : null}
      <Panel id="conversation" minSize="40%">
        {list.isOpen ? null : <h1 className="sr-only">{t('chat.title')}</h1>}
        <Current id={currentId} fold={fold} />
        <ChatDialogs />
      </Panel>
    </Group>
  );
}

/** The conversation that the address names, else the one seen last; null for a new one. */
function useCurrentId(): string | null {
  const { rest: [named] } = useRoute();
  const { stores } = useApp();
  const [last, rememberLast] = useView('chat.open', z.string().nullable(), null);
  const isLastThere = useStore(stores.conversations, ({ byId }) => last !== null && byId[last] !== undefined);
  useEffect(() => {
    if (named === undefined && last !== null && isLastThere) navigate('chat', last);
    else if (named !== undefined && named !== 'new' && named !== last) rememberLast(named);
    else if (named === 'new' && last !== null) rememberLast(null);
  }, [named, last, isLastThere, rememberLast]);
  return named === undefined || named === 'new' ? null : named;
}

function Current({ id, fold }: { id: string | null; fold: ListFold }): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const isReady = useStore(stores.conversations, (state) => state.isReady);
  const conversation = useStore(stores.conversations, ({ byId }) => (id === null ? undefined : byId[id]));
  if (id === null) return <NewConversation fold={fold} />;
  if (conversation !== undefined) return <ConversationView key={id} conversation={conversation} fold={fold} />;
  if (!isReady) return <Waiting label={t('chat.readingMessages')} />;
  return <EmptyState icon={<MessageCircleOff size={28} />} title={t('chat.gone.title')} actions={<Button variant="primary" onClick={() => { navigate('chat', 'new'); }}>{t('chat.new')}</Button>}>{t('chat.gone.text')}</EmptyState>;
}
