import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { Attachment, Conversation, Message } from '#contract/conversations.ts';
import { useApp } from '../../app/appContext.tsx';
import { useRoute } from '../../app/route.ts';
import { formatNumber } from '../../base/format.ts';
import { toProblem } from '../../client/problems.ts';
import type { Problem } from '../../client/problems.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Waiting } from '../../ui/Waiting.tsx';
import { AttachmentDialog } from './attached/AttachmentDialog.tsx';
import { sendQuestion } from './chatCommands.ts';
import { findChatModel, listAsked } from './chatModels.ts';
import { workspaceOf } from './chatWorkspace.ts';
import { ChatHeader } from './ChatHeader.tsx';
import type { PickerName } from './ChatHeader.tsx';
import { Composer, DropPlace } from './Composer.tsx';
import { ContextMeter } from './ContextMeter.tsx';
import type { ListFold } from './listFold.ts';
import { countBranch, findLeaf, isWriting, listPath } from './messages/branches.ts';
import { countContextTokens, countLettersPerToken } from './messages/contextUse.ts';
import { MessageActionsProvider } from './messages/messageActions.ts';
import { MessageList } from './messages/MessageList.tsx';
import { estimateDraftTokens, listWarnings, toBlockedReason, toBusyReason } from './sendPolicy.ts';
import { useChatModels } from './useChatModels.ts';
import { useComposer } from './useComposer.ts';
import { useConversationActions } from './useConversationActions.ts';
import { useConversationMenu } from './useConversationMenu.tsx';
import { useMessageCommands } from './useMessageCommands.ts';
import { useStopKey } from './useStopKey.ts';
import { useTranscript } from './useTranscript.ts';

/** One conversation: who answers, what was said, and where the next question is written. */
export function ConversationView({ conversation, fold }: { conversation: Conversation; fold: ListFold }): ReactNode {
  const { t } = useTranslation();
  const { client, stores, connection, announce, toastError } = useApp();
  const { id, model, compareModel, leafId } = conversation;
  const workspace = workspaceOf(stores.conversations);
  const { store, error, dismiss } = useTranscript(id);
  const isReady = useStore(store, (state) => state.isReady);
  const isBusy = useStore(store, ({ messages }) => messages.some(isWriting));
  const isOpen = useStore(connection.state, ({ kind }) => kind === 'open');
  const [openPicker, setPicker] = useState<PickerName | null>(null);
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [doomed, setDoomed] = useState<Message | null>(null);
  const [opened, setOpened] = useState<Attachment | null>(null);
  const models = useChatModels();
  const composer = useComposer(workspace, id, toastError);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => { field.current?.focus(); }, []);
  useAnnouncedEnd(isBusy, () => { announce(t('chat.answerEnded')); });

  const report = useMemo(() => (reason: unknown): void => { setProblem(toProblem(reason, t)); }, [t]);
  const set = (change: Parameters<typeof client.conversations.update>[0]['set']): void => { client.conversations.update({ conversation: id, set: change }).catch(report); };
  const menu = useConversationMenu(conversation);
  const chooseModel = (message: Message): void => {
    if (message.lane === 'compare' && compareModel === null) set({ compareModel: message.model });
    setPicker(message.lane === 'compare' ? 'compared' : 'model');
  };
  const focusField = (): void => { field.current?.focus(); };
  const actions = useMessageCommands({ conversation: id, onAsked: focusField, store, report, model, blockedReason: toBusyReason({ isOpen, isBusy }, t), onDelete: setDoomed, onChooseModel: chooseModel, onOpen: setOpened });
  const chosen = findChatModel(models ?? [], model);
  const asked = listAsked(models ?? [], [model, compareModel]);
  const use = useContextUse(store, leafId);
  const draftTokens = estimateDraftTokens(composer.draft, use.lettersPerToken);
  const warnings = listWarnings(composer.draft, { asked, used: use.usedTokens, draft: draftTokens }, t);
  const stop = (): void => {
    focusField();
    client.conversations.stop({ conversation: id }).catch(report);
  };
  useStopKey(isBusy, stop);
  useConversationActions({ conversation, isBusy, stop });
  const send = async (): Promise<void> => {
    const question = composer.take();
    setSending(true);
    setProblem(null);
    try {
      await sendQuestion(client, id, { content: question.text, attachments: question.attachments });
    } catch (reason) {
      composer.giveBack(question);
      report(reason);
    } finally {
      setSending(false);
    }
  };
  const shownProblem = problem ?? (error === null ? null : toProblem(error, t));
  return (
    <DropPlace onAttach={composer.attach}>
      <ChatHeader
        title={conversation.title === '' ? t('chat.newTitle') : conversation.title} models={models} model={model} compareModel={compareModel} onModel={(name) => { set({ model: name }); }} onCompare={(name) => { set({ compareModel: name }); }}
        openPicker={openPicker} onPicker={setPicker} onPicked={focusField} menu={menu} isListOpen={fold.isOpen} onList={fold.toggle}
      />
      <MessageActionsProvider value={actions}>
        {isReady ? <Messages store={store} leafId={leafId} onShow={(leaf) => { set({ leafId: leaf.id }); }} /> : <div className="min-h-0 flex-1"><Waiting label={t('chat.readingMessages')} /></div>}
      </MessageActionsProvider>
      {shownProblem === null ? null : <div className="mx-auto w-full max-w-[57.5rem] px-4 pb-2"><ErrorNote problem={shownProblem} onDismiss={() => { setProblem(null); dismiss(); }} /></div>}
      <Composer
        ref={field} text={composer.draft.text} attachments={composer.draft.attachments} onText={composer.setText} onAttach={composer.attach} onDetach={composer.detach}
        onSend={() => { send().catch(toastError); }} onStop={stop} isWriting={isBusy} isSending={isSending}
        blockedReason={toBlockedReason({ draft: composer.draft, model, asked, isOpen, isBusy }, t)} refusals={composer.refusals}
        warnings={warnings} meter={<ContextMeter usedTokens={use.usedTokens} draftTokens={draftTokens} model={chosen} />}
      />
      {opened === null ? null : <AttachmentDialog attachment={opened} onClose={() => { setOpened(null); }} />}
      <DeleteMessage doomed={doomed} messages={store.getState().messages} onClose={() => { setDoomed(null); }} onConfirm={(message) => { setDoomed(null); client.conversations.removeMessage({ conversation: id, message: message.id }).catch(report); }} />
    </DropPlace>
  );
}

interface MessagesProps { store: ReturnType<typeof useTranscript>['store']; leafId: string | null; onShow: (leaf: Message) => void }

function Messages({ store, leafId, onShow }: MessagesProps): ReactNode {
  const messages = useStore(store, (state) => state.messages);
  const targetId = useRoute().rest[1] ?? null;
  const showTarget = useEffectEvent(() => {
    const target = messages.find(({ id }) => id === targetId);
    // An answer for comparison stands beside the branch of its question.
    const inBranch = target?.lane === 'compare' ? messages.find(({ id }) => id === target.parentId) : target;
    if (inBranch !== undefined && !listPath(messages, leafId).includes(inBranch)) onShow(findLeaf(messages, inBranch));
  });
  useEffect(() => { showTarget(); }, [targetId]);
  return <MessageList messages={messages} leafId={leafId} targetId={targetId} />;
}

function useContextUse(store: MessagesProps['store'], leafId: string | null): { usedTokens: number; lettersPerToken: number } {
  return useStore(store, useShallow(({ messages }) => {
    const path = listPath(messages, leafId);
    return { usedTokens: countContextTokens(path), lettersPerToken: countLettersPerToken(path) };
  }));
}

function useAnnouncedEnd(isBusy: boolean, announce: () => void): void {
  const wasBusy = useRef(false);
  useEffect(() => {
    if (wasBusy.current && !isBusy) announce();
    wasBusy.current = isBusy;
  });
}

function DeleteMessage({ doomed, messages, onClose, onConfirm }: { doomed: Message | null; messages: readonly Message[]; onClose: () => void; onConfirm: (message: Message) => void }): ReactNode {
  const { t } = useTranslation();
  if (doomed === null) return null;
  const count = countBranch(messages, doomed);
  return (
    <ConfirmDialog isOpen onClose={onClose} isDanger title={doomed.role === 'user' ? t('chat.deleteQuestion') : t('chat.deleteAnswer')} confirmLabel={t('chat.delete')} onConfirm={() => { onConfirm(doomed); }}>
      <p>{t('chat.deleteMessages', { count, shown: formatNumber(count) })}</p>
    </ConfirmDialog>
  );
}
