import type { Attachment, Conversation, Message } from '#contract/conversations.ts';
import type { Client } from '../../client/client.ts';
import type { Beginning } from './chatWorkspace.ts';

/** One that browsers leave to the page. */
export const NEW_SHORTCUT = 'Ctrl+Shift+O';

export type ConversationSet = Parameters<Client['conversations']['update']>[0]['set'];
export interface Question { content: string; attachments: readonly Attachment[]; parentId?: Message['parentId'] }

/** Begins a conversation with its first question; nothing is left of one whose first question is not taken. */
export async function beginConversation(client: Client, beginning: Beginning & { model: string }, question: Question): Promise<Conversation> {
  const { model, compareModel, systemPrompt, sampling } = beginning;
  const begun = await client.conversations.create({ model, systemPrompt });
  try {
    await client.conversations.update({ conversation: begun.id, set: { compareModel, sampling } });
    await sendQuestion(client, begun.id, question);
  } catch (error) {
    // What failed first is what matters: without a connection neither works.
    await client.conversations.remove({ conversation: begun.id }).catch(() => undefined);
    throw error;
  }
  return begun;
}

export async function sendQuestion(client: Client, conversation: string, { content, attachments, parentId }: Question): Promise<void> {
  await client.conversations.send({ conversation, content, attachments: [...attachments], ...(parentId === undefined ? {} : { parentId }) });
}

/** What was attached to a question, to ask it once more. */
export async function fetchAttachments(client: Client, message: Message): Promise<Attachment[]> {
  return Promise.all(message.attachments.map((_, index) => client.conversations.attachmentData({ conversation: message.conversationId, message: message.id, index })));
}

/** Hands a conversation to the user as a file. */
export async function saveExport(client: Client, conversation: string, as: 'markdown' | 'json'): Promise<string> {
  const { fileName, text } = await client.conversations.export({ conversation, as });
  const url = URL.createObjectURL(new Blob([text], { type: as === 'json' ? 'application/json' : 'text/markdown' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
  return fileName;
}
