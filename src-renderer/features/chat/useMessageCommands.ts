import { useMemo, useRef, useLayoutEffect } from 'react';
import type { Attachment, Message } from '#contract/conversations.ts';
import { useApp } from '../../app/appContext.tsx';
import { fetchAttachments, sendQuestion } from './chatCommands.ts';
import type { MessageActions } from './messages/messageActions.ts';
import type { TranscriptStore } from './transcript.ts';

interface CommandParts {
  conversation: string;
  store: TranscriptStore;
  report: (error: unknown) => void;
  blockedReason: string | null;
  model: string | null;
  /** Something was asked from a place that is gone with it. */
  onAsked: () => void;
  onDelete: (message: Message) => void;
  onChooseModel: (message: Message) => void;
  onOpen: (attachment: Attachment) => void;
}

/** What the rows of a conversation can do; the same object until it changes who answers and whether anything can be asked. */
export function useMessageCommands(parts: CommandParts): MessageActions {
  const { client } = useApp();
  const { conversation, store, blockedReason, model } = parts;
  const latest = useRef(parts);
  useLayoutEffect(() => { latest.current = parts; });
  const fetchAttachment = useAttachments(conversation);
  return useMemo((): MessageActions => {
    const report = (error: unknown): void => { latest.current.report(error); };
    return {
      blockedReason, model, fetchAttachment,
      messages: () => store.getState().messages,
      regenerate: (message) => { latest.current.onAsked(); client.conversations.regenerate({ conversation, message: message.id }).catch(report); },
      edit: async (message, content) => {
        try {
          await sendQuestion(client, conversation, { content, attachments: await fetchAttachments(client, message), parentId: message.parentId });
          latest.current.onAsked();
          return true;
        } catch (error) {
          report(error);
          return false;
        }
      },
      remove: (message) => { latest.current.onDelete(message); },
      show: (message) => { client.conversations.update({ conversation, set: { leafId: message.id } }).catch(report); },
      chooseModel: (message) => { latest.current.onChooseModel(message); },
      openAttachment: (message, index) => { fetchAttachment(message.id, index).then((attachment) => { latest.current.onOpen(attachment); }, report); },
    };
  }, [client, conversation, store, blockedReason, model, fetchAttachment]);
}

/** Each may have 10 MiB. */
const MOST_KEPT = 20;

/** Fetches what is attached and keeps the last ones; a fetch that failed is tried again. */
function useAttachments(conversation: string): MessageActions['fetchAttachment'] {
  const { client } = useApp();
  return useMemo(() => {
    const fetched = new Map<string, Promise<Attachment>>();
    return (message, index) => {
      const key = `${message} ${index}`;
      const attachment = fetched.get(key) ?? client.conversations.attachmentData({ conversation, message, index });
      fetched.set(key, attachment);
      attachment.catch(() => fetched.delete(key));
      const [oldest] = fetched.keys();
      if (fetched.size > MOST_KEPT && oldest !== undefined) fetched.delete(oldest);
      return attachment;
    };
  }, [client, conversation]);
}
