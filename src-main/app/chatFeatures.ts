import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { ServedModel } from '#contract/serving.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { ConversationRepository, ConversationService, MessageRepository, MessageService, type ChatModel, type FindChatModel } from '../features/chat/index.ts';
import type { ConfigService } from '../features/serving/index.ts';
import type { OpenedDatabase } from '../platform/sqlite/database.ts';

interface Surroundings {
  opened: OpenedDatabase;
  models: { readonly chat: ChatModel; readonly find: FindChatModel };
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

interface ServedModels { readonly configs: Pick<ConfigService, 'find' | 'getVersion'>; readonly serving: { describe(config: ModelConfig): Pick<ServedModel, 'engine'> } }

/** Knows the models by their configurations: those whose weights chat, and those of other machines, of which nothing is known. The embedded engine reads text only. */
export function findChatModel({ configs, serving }: ServedModels, name: string): ReturnType<FindChatModel> {
  const config = configs.find(name);
  if (config === null) return null;
  const version = configs.getVersion(config);
  if (version === null) return { canSee: null, tellsPace: false };
  if (!version.capabilities.includes('chat')) return null;
  const { engine } = serving.describe(config);
  return { canSee: engine !== 'embedded' && (version.capabilities.includes('vision') || config.mmproj !== null), tellsPace: version.format === 'gguf' && engine !== 'container' };
}
