import { message } from '#contract/conversations.ts';
import type { Message } from '#contract/conversations.ts';

/** A message for tests, done unless said otherwise. */
export function aMessage(given: { id: string } & Partial<Record<Exclude<keyof Message, 'id'>, unknown>>): Message {
  return message.parse({
    conversationId: 'cnv', parentId: null, role: 'assistant', lane: 'main', content: '', thinking: '', toolCalls: [], attachments: [], model: 'guide', status: 'done', problem: null, finishReason: 'stop',
    promptTokens: null, completionTokens: null, firstTokenMs: null, thinkingMs: null, totalMs: null, tokensPerSecond: null, createdAtMs: 0, ...given,
  });
}
