import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { ConversationRepository, ConversationService, MessageRepository, MessageService, type ChatModel, type ListChatModels } from '../features/chat/index.ts';
import type { OpenedDatabase } from '../platform/sqlite/database.ts';

interface Surroundings {
  opened: OpenedDatabase;
  models: { readonly chat: ChatModel; readonly list: ListChatModels };
  clock: Clock;
  log: Logger;
}

/** Builds conversations and what is said in them. */
export function createChatFeatures({ opened, models, clock, log }: Surroundings): { conversations: ConversationService; messages: MessageService } {
  const repository = new MessageRepository(opened.database);
  const conversations = new ConversationService({ conversations: new ConversationRepository(opened.database), messages: repository, clock });
  const messages = new MessageService({ conversations, messages: repository, models, clock, log, isReadOnly: opened.isReadOnly });
  return { conversations, messages };
}
