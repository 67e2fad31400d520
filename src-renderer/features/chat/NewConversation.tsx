import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useStore } from 'zustand';
import { useApp } from '../../app/appContext.tsx';
import { navigate, useRoute } from '../../app/route.ts';
import { useView } from '../../app/views.ts';
import { toProblem } from '../../client/problems.ts';
import type { Problem } from '../../client/problems.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { beginConversation } from './chatCommands.ts';
import { chooseModel, findChatModel, listAsked } from './chatModels.ts';
import type { ChatModelView } from './chatModels.ts';
import { emptyDraft, moveDraft, resetBeginning, setBeginning, workspaceOf } from './chatWorkspace.ts';
import type { Draft } from './chatWorkspace.ts';
import { ChatHeader } from './ChatHeader.tsx';
import type { PickerName } from './ChatHeader.tsx';
import { Composer, DropPlace } from './Composer.tsx';
import { ContextMeter } from './ContextMeter.tsx';
import { FirstQuestions } from './FirstQuestions.tsx';
import type { ListFold } from './listFold.ts';
import { countLettersPerToken } from './messages/contextUse.ts';
import { estimateDraftTokens, listWarnings, toBlockedReason } from './sendPolicy.ts';
import { useChatModels } from './useChatModels.ts';
import { useComposer } from './useComposer.ts';

const DRAFT = 'new';
const lastModel = z.string().nullable();

/** A conversation that begins with its first question. The address may name the model that answers. */
export function NewConversation({ fold }: { fold: ListFold }): ReactNode {
  const { t } = useTranslation();
  const { client, stores, connection, toastError } = useApp();
  const workspace = workspaceOf(stores.conversations);
  const beginning = useStore(workspace, (state) => state.beginning);
  const isOpen = useStore(connection.state, ({ kind }) => kind === 'open');
  const [openPicker, setPicker] = useState<PickerName | null>(null);
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const models = useChatModels();
  const composer = useComposer(workspace, DRAFT, toastError);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => { field.current?.focus(); }, []);

  const { model, choose, rememberLast } = useFirstModel(models);
  const chosen = findChatModel(models ?? [], model);
  const asked = listAsked(models ?? [], [model, beginning.compareModel]);
  const draftTokens = estimateDraftTokens(composer.draft, countLettersPerToken([]));
  const warnings = listWarnings(composer.draft, { asked, used: 0, draft: draftTokens }, t);
  const ask = async (question: Draft): Promise<boolean> => {
    if (model === null || isSending) return false;
    setSending(true);
    setProblem(null);
    try {
      const begun = await beginConversation(client, { ...beginning, model }, { content: question.text, attachments: question.attachments });
      rememberLast(model);
      resetBeginning(workspace);
      moveDraft(workspace, DRAFT, begun.id);
      navigate('chat', begun.id);
      return true;
    } catch (error) {
      setProblem(toProblem(error, t));
      setSending(false);
      return false;
    }
  };
  const sendDraft = async (): Promise<void> => {
    const question = composer.take();
    if (!await ask(question)) composer.giveBack(question);
  };
  return (
    <DropPlace onAttach={composer.attach}>
      <ChatHeader
        title={t('chat.newTitle')} models={models} model={model} compareModel={beginning.compareModel} onModel={choose} onCompare={(compareModel) => { setBeginning(workspace, { compareModel }); }}
        openPicker={openPicker} onPicker={setPicker} onPicked={() => { field.current?.focus(); }} menu={[]} isListOpen={fold.isOpen} onList={fold.toggle}
      />
      <FirstQuestions models={models} model={model} onAsk={(text) => { ask({ ...emptyDraft, text }).catch(toastError); }} />
      {problem === null ? null : <div className="mx-auto w-full max-w-[57.5rem] px-4 pb-2"><ErrorNote problem={problem} onDismiss={() => { setProblem(null); }} /></div>}
      <Composer
        ref={field} text={composer.draft.text} attachments={composer.draft.attachments} onText={composer.setText} onAttach={composer.attach} onDetach={composer.detach}
        onSend={() => { sendDraft().catch(toastError); }} onStop={() => undefined} isWriting={false} isSending={isSending} blockedReason={toBlockedReason({ draft: composer.draft, model, asked, isOpen, isBusy: false }, t)}
        refusals={composer.refusals} warnings={warnings} meter={chosen === null ? null : <ContextMeter usedTokens={0} draftTokens={draftTokens} model={chosen} />}
      />
    </DropPlace>
  );
}

interface FirstModel { model: string | null; choose: (name: string) => void; rememberLast: (name: string) => void }

/** Who answers: the model that the address names, else the one that was chosen, else the one used last. */
function useFirstModel(models: readonly ChatModelView[] | null): FirstModel {
  const { stores } = useApp();
  const { rest: [, named] } = useRoute();
  const workspace = workspaceOf(stores.conversations);
  const chosen = useStore(workspace, ({ beginning }) => beginning.model);
  const [last, rememberLast] = useView('chat.model', lastModel, null);
  const known = models ?? [];
  return {
    model: named === undefined ? chosen ?? chooseModel(known, last) : findChatModel(known, named)?.name ?? named,
    choose: (name) => {
      setBeginning(workspace, { model: name });
      rememberLast(name);
      if (named !== undefined) navigate('chat', 'new');
    },
    rememberLast,
  };
}
