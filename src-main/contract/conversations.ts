import { z } from 'zod';
import { call, stream } from './declare.ts';

export const conversationId = z.string().min(1).max(80).brand<'ConversationId'>();
export type ConversationId = z.infer<typeof conversationId>;
export const messageId = z.string().min(1).max(80).brand<'MessageId'>();
export type MessageId = z.infer<typeof messageId>;

/** What goes with a question: text is put into the prompt, an image is sent to models that see. At most 10 MB, base64. */
export const attachment = z.object({ kind: z.enum(['text', 'image']), name: z.string().max(300), mediaType: z.string().max(100), sizeBytes: z.number(), data: z.string().max(14_000_000) });
export type Attachment = z.infer<typeof attachment>;

export const chatSampling = z.object({
  temperature: z.number().min(0).max(5).nullable().default(null), topP: z.number().min(0).max(1).nullable().default(null), topK: z.int().min(0).nullable().default(null), minP: z.number().min(0).max(1).nullable().default(null),
  maxTokens: z.int().min(1).nullable().default(null), seed: z.int().nullable().default(null), stop: z.array(z.string().max(200)).max(8).default([]),
});
export type ChatSampling = z.infer<typeof chatSampling>;

export const toolCall = z.object({ id: z.string(), name: z.string(), arguments: z.string(), result: z.string().nullable().default(null) });

/**
 * One message of the tree; siblings share a parent. Numbers are null until known and for the user's own. `problem` is
 * `code: message`, with the declared or OpenAI code. `thinkingMs`: how long it thought before its answer began.
 */
export const message = z.object({
  id: messageId, conversationId, parentId: messageId.nullable(), role: z.enum(['user', 'assistant']), lane: z.enum(['main', 'compare']),
  content: z.string(), thinking: z.string(), toolCalls: z.array(toolCall), attachments: z.array(attachment.omit({ data: true })),
  model: z.string().nullable(), status: z.enum(['waiting', 'streaming', 'done', 'stopped', 'failed']), problem: z.string().nullable(), finishReason: z.string().nullable(),
  promptTokens: z.int().nullable(), completionTokens: z.int().nullable(), firstTokenMs: z.number().nullable(), thinkingMs: z.number().nullable(), totalMs: z.number().nullable(), tokensPerSecond: z.number().nullable(), createdAtMs: z.number(),
});
export type Message = z.infer<typeof message>;

export const conversation = z.object({
  id: conversationId, title: z.string(), model: z.string().nullable(), compareModel: z.string().nullable(), systemPrompt: z.string(), sampling: chatSampling,
  /** The end of the branch that is shown. */
  leafId: messageId.nullable(), messageCount: z.int(), isPinned: z.boolean(), createdAtMs: z.number(), updatedAtMs: z.number(),
});
export type Conversation = z.infer<typeof conversation>;

export const conversationChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot'), conversations: z.array(conversation) }),
  z.object({ kind: z.literal('changed'), conversation }),
  z.object({ kind: z.literal('removed'), conversationId }),
]);
export type ConversationChange = z.infer<typeof conversationChange>;

/** The messages of one conversation, then what is added to them. Texts come in pieces, gathered to at most 30 a second. */
export const messageChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot'), conversation, messages: z.array(message) }),
  z.object({ kind: z.literal('message'), message }),
  z.object({ kind: z.literal('delta'), messageId, content: z.string(), thinking: z.string(), completionTokens: z.int() }),
  z.object({ kind: z.literal('removed'), messageId }),
]);
export type MessageChange = z.infer<typeof messageChange>;

const one = z.object({ conversation: z.string().min(1).max(80) });
const missing = ['conversation.not_found'] as const;
const missingMessage = ['conversation.not_found', 'message.not_found', 'conversation.busy', 'conversation.no_model'] as const;

export const conversations = {
  list: call({ method: 'GET', path: '/conversations', summary: 'Conversations, newest first', input: z.object({}), output: z.array(conversation) }),
  create: call({ method: 'POST', path: '/conversations', summary: 'Begin a conversation', input: z.object({ title: z.string().max(200).optional(), model: z.string().max(300).nullable().default(null), systemPrompt: z.string().max(100_000).default('') }), output: conversation }),
  update: call({ method: 'PATCH', path: '/conversations/{conversation}', summary: 'Title, model, prompt, sampling, shown branch', input: one.extend({ set: conversation.pick({ title: true, model: true, compareModel: true, systemPrompt: true, sampling: true, leafId: true, isPinned: true }).partial() }), output: conversation, errors: missing }),
  remove: call({ method: 'DELETE', path: '/conversations/{conversation}', summary: 'Delete', input: one, output: z.void(), errors: missing }),
  messages: call({ method: 'GET', path: '/conversations/{conversation}/messages', summary: 'All messages of all branches', input: one, output: z.array(message), errors: missing }),
  attachmentData: call({ method: 'GET', path: '/conversations/{conversation}/messages/{message}/attachments/{index}', summary: 'An attachment', input: one.extend({ message: z.string().max(80), index: z.coerce.number().int().min(0) }), output: attachment, errors: ['conversation.not_found', 'message.not_found'] }),
  /** Asks; answers with the user's message and those that are now being written (two when comparing). `parentId` other than the leaf begins a branch, which is also how a question is edited. */
  send: call({ method: 'POST', path: '/conversations/{conversation}/messages', summary: 'Ask', input: one.extend({ content: z.string().max(2_000_000), parentId: messageId.nullable().optional(), attachments: z.array(attachment).max(20).default([]) }), output: z.array(message), errors: missingMessage }),
  /** A sibling of an answer, by the model that is set now. */
  regenerate: call({ method: 'POST', path: '/conversations/{conversation}/messages/{message}/regenerate', summary: 'Answer again', input: one.extend({ message: z.string().max(80) }), output: message, errors: missingMessage }),
  /** Ends what is being written; what came stays. */
  stop: call({ method: 'POST', path: '/conversations/{conversation}/stop', summary: 'Stop', input: one, output: z.void(), errors: missing }),
  removeMessage: call({ method: 'DELETE', path: '/conversations/{conversation}/messages/{message}', summary: 'Delete a message and what follows', input: one.extend({ message: z.string().max(80) }), output: z.void(), errors: ['conversation.not_found', 'message.not_found', 'conversation.busy'] }),
  /** Best matches first; a snippet has U+0002 before and U+0003 after each word that was found. */
  search: call({ method: 'GET', path: '/conversations/search', summary: 'Search all conversations', input: z.object({ text: z.string().min(1).max(300), limit: z.coerce.number().int().min(1).max(200).default(50) }), output: z.array(z.object({ conversationId, title: z.string(), messageId, role: message.shape.role, snippet: z.string(), createdAtMs: z.number() })) }),
  export: call({ method: 'GET', path: '/conversations/{conversation}/export', summary: 'Markdown or JSON', input: one.extend({ as: z.enum(['markdown', 'json']).default('markdown') }), output: z.object({ fileName: z.string(), text: z.string() }), errors: missing }),
  watch: stream({ path: '/conversations/watch', summary: 'Live list', input: z.object({}), output: conversationChange }),
  follow: stream({ path: '/conversations/{conversation}/follow', summary: 'One conversation, live', input: one, output: messageChange, errors: missing }),
};
