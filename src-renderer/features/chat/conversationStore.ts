import type { Conversation } from '#contract/conversations.ts';
import { createByIdStore, dropOne, putOne, replaceAll } from '../../client/byIdStore.ts';
import type { ById, ByIdStore } from '../../client/byIdStore.ts';
import type { Client } from '../../client/client.ts';

/** Every conversation, as the backend says. */
export type ConversationState = ById<Conversation>;
export type ConversationStore = ByIdStore<Conversation>;

export function createConversationStore(): ConversationStore {
  return createByIdStore<Conversation>();
}

export async function mirrorConversations(store: ConversationStore, client: Client, signal: AbortSignal): Promise<void> {
  for await (const change of await client.conversations.watch({}, { signal })) {
    if (change.kind === 'snapshot') replaceAll(store, change.conversations);
    else if (change.kind === 'changed') putOne(store, change.conversation);
    else dropOne(store, change.conversationId);
  }
}
