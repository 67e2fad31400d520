import type { ConversationChange } from '#contract/conversations.ts';
import type { ConversationService, MessageService } from '../features/chat/index.ts';
import { liveStream } from './liveStream.ts';
import type { Api } from './api.ts';

export function conversationHandlers(api: Api['conversations'], { conversations, messages }: { conversations: ConversationService; messages: MessageService }) {
  return {
    list: api.list.handler(() => conversations.list()),
    create: api.create.handler(({ input }) => conversations.create(input)),
    update: api.update.handler(({ input: { conversation, set } }) => conversations.update(conversation, set)),
    remove: api.remove.handler(({ input }) => messages.removeConversation(input.conversation)),
    messages: api.messages.handler(({ input }) => messages.list(input.conversation)),
    attachmentData: api.attachmentData.handler(({ input: { conversation, message, index } }) => messages.getAttachment(conversation, message, index)),
    send: api.send.handler(({ input }) => messages.send(input)),
    regenerate: api.regenerate.handler(({ input }) => messages.regenerate(input.conversation, input.message)),
    stop: api.stop.handler(({ input }) => messages.stopAnswers(input.conversation)),
    removeMessage: api.removeMessage.handler(({ input }) => { messages.remove(input.conversation, input.message); }),
    search: api.search.handler(({ input: { text, limit } }) => conversations.search(text, limit)),
    export: api.export.handler(({ input }) => messages.export(input.conversation, input.as)),
    watch: api.watch.handler(({ signal }) => liveStream<ConversationChange>({
      first: () => [{ kind: 'snapshot', conversations: conversations.list() }],
      subscribe: (add) => [conversations.onDidChange(add)],
      keyOf: (change) => (change.kind === 'snapshot' ? null : change.kind === 'changed' ? change.conversation.id : change.conversationId),
      signal,
    })),
    follow: api.follow.handler(({ input, signal }) => messages.follow(input.conversation, signal)),
  };
}
