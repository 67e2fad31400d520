export type { ChatModel, ChatModelFacts, ChatPart, ChatRequest, FindChatModel, PromptMessage, PromptPart, ToolCallPiece } from './chatModel.ts';
export { ConversationRepository } from './conversationRepository.ts';
export { ConversationService } from './conversationService.ts';
export { MessageRepository } from './messageRepository.ts';
export { MessageService } from './messageService.ts';
export { UpstreamChatModel } from './upstreamChatModel.ts';
