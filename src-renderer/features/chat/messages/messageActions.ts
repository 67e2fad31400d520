import { createContext, use } from 'react';
import type { Message } from '#contract/conversations.ts';

/** What can be done with the messages of the conversation on screen. */
export interface MessageActions {
  /** Why nothing can be asked now; null when something can. */
  blockedReason: string | null;
  messages: () => readonly Message[];
  regenerate: (message: Message) => void;
  edit: (message: Message, content: string) => Promise<boolean>;
  remove: (message: Message) => void;
  show: (message: Message) => void;
  chooseModel: () => void;
}

const ActionsContext = createContext<MessageActions | null>(null);

export const MessageActionsProvider = ActionsContext.Provider;

export function useMessageActions(): MessageActions {
  const actions = use(ActionsContext);
  if (actions === null) throw new Error('useMessageActions outside of a conversation');
  return actions;
}
