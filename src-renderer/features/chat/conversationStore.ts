import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Conversation } from '#contract/conversations.ts';
import type { Client } from '../../client/client.ts';

/** Every conversation, as the backend says. */
export interface ConversationState { isReady: boolean; byId: Readonly<Record<string, Conversation>> }
export type ConversationStore = StoreApi<ConversationState>;

export function createConversationStore(): ConversationStore {
  return createStore<ConversationState>(() => ({ isReady: false, byId: {} }));
}

export async function mirrorConversations(store: ConversationStore, client: Client, signal: AbortSignal): Promise<void> {
  for await (const change of await client.conversations.watch({}, { signal })) {
    if (change.kind === 'snapshot') store.setState({ isReady: true, byId: Object.fromEntries(change.conversations.map((one) => [one.id, one])) });
    else if (change.kind === 'changed') store.setState(({ byId }) => ({ byId: { ...byId, [change.conversation.id]: change.conversation } }));
    else store.setState(({ byId }) => ({ byId: Object.fromEntries(Object.entries(byId).filter(([id]) => id !== change.conversationId)) }));
  }
}
