import { createContext, use } from 'react';
import type { Attachment, Message } from '#contract/conversations.ts';

/** What can be done with the messages of the conversation on screen. */
export interface MessageActions {
  /** Why nothing can be asked now; null when something can. */
  blockedReason: string | null;
  /** Who answers now; answers of others say whose they are. */
  model: string | null;
  messages: () => readonly Message[];
  regenerate: (message: Message) => void;
  edit: (message: Message, content: string) => Promise<boolean>;
  remove: (message: Message) => void;
  show: (message: Message) => void;
  /** Lets a person choose another model in the place of the one that gave this answer. */
  chooseModel: (message: Message) => void;
  /** The last ones are kept for as long as the conversation is on screen. */
  fetchAttachment: (messageId: string, index: number) => Promise<Attachment>;
  openAttachment: (message: Message, index: number) => void;
}

const ActionsContext = createContext<MessageActions | null>(null);

export const MessageActionsProvider = ActionsContext.Provider;

export function useMessageActions(): MessageActions {
  const actions = use(ActionsContext);
  if (actions === null) throw new Error('useMessageActions outside of a conversation');
  return actions;
}
