import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useStore } from 'zustand';
import { useApp } from '../../app/appContext.tsx';
import { useView } from '../../app/views.ts';
import { toProblem } from '../../client/problems.ts';
import type { Problem } from '../../client/problems.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { beginConversation } from './chatCommands.ts';
import { chooseModel, findChatModel } from './chatModels.ts';
import { setBeginning, workspaceOf } from './chatWorkspace.ts';
import { ChatHeader } from './ChatHeader.tsx';
import { Composer, DropPlace } from './Composer.tsx';
import { FirstQuestions } from './FirstQuestions.tsx';
import type { ListFold } from './listFold.ts';
import { toBlockedReason, toWarning } from './sendPolicy.ts';
import { useChatModels } from './useChatModels.ts';
import { useComposer } from './useComposer.ts';

const lastModel = z.string().nullable();

/** A conversation that begins with its first question. */
export function NewConversation({ fold }: { fold: ListFold }): ReactNode {
  const { t } = useTranslation();
  const { client, stores, connection, toastError } = useApp();
  const workspace = workspaceOf(stores.conversations);
  const beginning = useStore(workspace, (state) => state.beginning);
  const isOpen = useStore(connection.state, ({ kind }) => kind === 'open');
  const [last, rememberLast] = useView('chat.model', lastModel, null);
  const [isPickerOpen, setPickerOpen] = useState(false);
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const models = useChatModels();
  const composer = useComposer(workspace, 'new', toastError);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => { field.current?.focus(); }, []);

  const model = beginning.model ?? chooseModel(models ?? [], last);
  const chosen = findChatModel(models ?? [], model);
  const blockedReason = toBlockedReason({ draft: composer.draft, model, isOpen, isBusy: false }, t);
  const choose = (name: string): void => { setBeginning(workspace, { model: name }); rememberLast(name); };
  const ask = async (content: string): Promise<void> => {
    if (model === null || isSending) return;
    setSending(true);
    setProblem(null);
    try {
      await beginConversation(client, { ...beginning, model }, { content, attachments: composer.draft.attachments });
      composer.clear();
    } catch (error) {
      setProblem(toProblem(error, t));
      setSending(false);
    }
  };
  const send = (content: string): void => { ask(content).catch(toastError); };
  return (
    <DropPlace onAttach={composer.attach}>
      <ChatHeader
        title={t('chat.newTitle')} models={models} model={model} compareModel={beginning.compareModel} onModel={choose} onCompare={(compareModel) => { setBeginning(workspace, { compareModel }); }}
        isPickerOpen={isPickerOpen} onPickerOpen={setPickerOpen} menu={[]} isListOpen={fold.isOpen} onList={fold.toggle}
      />
      <FirstQuestions models={models} model={model} onAsk={send} />
      {problem === null ? null : <div className="mx-auto w-full max-w-[57.5rem] px-4 pb-2"><ErrorNote problem={problem} onDismiss={() => { setProblem(null); }} /></div>}
      <Composer
        ref={field} text={composer.draft.text} attachments={composer.draft.attachments} onText={composer.setText} onAttach={composer.attach} onDetach={composer.detach}
        onSend={() => { send(composer.draft.text); }} onStop={() => undefined} isWriting={false} isSending={isSending} blockedReason={blockedReason}
        refusals={composer.refusals} warning={toWarning(composer.draft, chosen, t)} placeholder={model === null ? t('chat.placeholderNoModel') : t('chat.placeholder', { model })}
      />
    </DropPlace>
  );
}
