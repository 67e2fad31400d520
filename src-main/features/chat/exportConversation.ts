import type { Attachment, Conversation, Message } from '#contract/conversations.ts';
import { toFencedBlock } from './fencedBlock.ts';
import { listPath } from './messageTree.ts';

export interface ExportSource {
  readonly conversation: Conversation;
  readonly messages: readonly Message[];
  readonly listAttachments: (message: Message) => readonly Attachment[];
}

/** The branch that is shown, as a document to read. Answers for comparison follow the one that they stand beside. */
export function toMarkdown({ conversation, messages }: ExportSource): string {
  const shown = listPath(messages, conversation.leafId).flatMap((message) => [message, ...listBeside(messages, message)]);
  const system = conversation.systemPrompt.trim() === '' ? [] : ['## System prompt', conversation.systemPrompt.trim()];
  return `${[`# ${conversation.title}`, ...system, ...shown.flatMap(toSection)].join('\n\n')}\n`;
}

/** Everything: all branches, with what was attached. */
export function toJson({ conversation, messages, listAttachments }: ExportSource): string {
  return `${JSON.stringify({ conversation, messages: messages.map((message) => ({ ...message, attachments: listAttachments(message) })) }, null, 2)}\n`;
}

/** A file name from the title, without what file systems refuse. */
export function toFileName(title: string, extension: string): string {
  const stem = title.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').replaceAll(/^[-.]+|[-.]+$/g, '').slice(0, 80);
  return `${stem === '' ? 'conversation' : stem}.${extension}`;
}

function listBeside(messages: readonly Message[], shown: Message): Message[] {
  if (shown.role === 'user') return [];
  const beside = messages.findLast(({ parentId, lane }) => parentId === shown.parentId && lane === 'compare');
  return beside === undefined ? [] : [beside];
}

function toSection(message: Message): string[] {
  if (message.role === 'user') {
    const files = message.attachments.map(({ name }) => `- ${name}`).join('\n');
    return ['## Question', ...(files === '' ? [] : [files]), message.content];
  }
  const thinking = message.thinking === '' ? [] : [`<details><summary>Thinking</summary>\n\n${message.thinking.trim()}\n\n</details>`];
  const calls = message.toolCalls.flatMap(({ name, arguments: given, result }) => [`Calls \`${name}\`:`, toFencedBlock(given, 'json'), ...(result === null ? [] : ['It answered:', toFencedBlock(result)])]);
  const problem = message.problem === null ? [] : [`> ${message.problem}`];
  return [message.model === null ? '## Answer' : `## Answer by ${message.model}`, ...thinking, message.content, ...calls, ...problem].filter((part) => part !== '');
}
