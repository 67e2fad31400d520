import { useMemo, useRef, useLayoutEffect } from 'react';
import type { Message } from '#contract/conversations.ts';
import { useApp } from '../../app/appContext.tsx';
import { fetchAttachments, sendQuestion } from './chatCommands.ts';
import type { MessageActions } from './messages/messageActions.ts';
import type { TranscriptStore } from './transcript.ts';

interface CommandParts {
  conversation: string;
  store: TranscriptStore;
  report: (error: unknown) => void;
  blockedReason: string | null;
  onDelete: (message: Message) => void;
  onChooseModel: () => void;
}

/** What the rows of a conversation can do; the same object until it changes whether anything can be asked. */
export function useMessageCommands(parts: CommandParts): MessageActions {
  const { client } = useApp();
  const { conversation, store, blockedReason } = parts;
  const latest = useRef(parts);
  useLayoutEffect(() => { latest.current = parts; });
  return useMemo((): MessageActions => {
    const report = (error: unknown): void => { latest.current.report(error); };
    return {
      blockedReason,
      messages: () => store.getState().messages,
      regenerate: (message) => { client.conversations.regenerate({ conversation, message: message.id }).catch(report); },
      edit: async (message, content) => {
        try {
          await sendQuestion(client, conversation, { content, attachments: await fetchAttachments(client, message), parentId: message.parentId });
          return true;
        } catch (error) {
          report(error);
          return false;
        }
      },
      remove: (message) => { latest.current.onDelete(message); },
      show: (message) => { client.conversations.update({ conversation, set: { leafId: message.id } }).catch(report); },
      chooseModel: () => { latest.current.onChooseModel(); },
    };
  }, [client, conversation, store, blockedReason]);
}
