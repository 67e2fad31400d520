import type { Attachment, Message } from '#contract/conversations.ts';
import type { PromptMessage, PromptPart } from './chatModel.ts';
import { toFencedBlock } from './fencedBlock.ts';

type Asked = Pick<Message, 'role' | 'content'> & { readonly attachments: readonly Attachment[] };

/**
 * Writes the prompt: the system prompt, then questions and answers in turn. Text files stand in a fenced block with
 * their name before the question, images are parts. Neighbours of one role become one message, since many templates want
 * the roles to alternate.
 */
export function toPrompt(systemPrompt: string, path: readonly Asked[]): PromptMessage[] {
  const system: PromptMessage[] = systemPrompt.trim() === '' ? [] : [{ role: 'system', content: systemPrompt }];
  const turns: { role: 'user' | 'assistant'; parts: PromptPart[] }[] = [];
  for (const message of path) {
    const parts = toParts(message);
    const last = turns.at(-1);
    if (parts.length === 0) continue;
    if (last?.role === message.role) last.parts.push(...parts);
    else turns.push({ role: message.role, parts });
  }
  return [...system, ...turns.map(({ role, parts }) => ({ role, content: toContent(parts) }))];
}

/** Leaves out what got no answer, so that a question that was too long or not understood does not spoil those after it. */
export function leaveOutUnanswered<M extends Pick<Message, 'role' | 'content' | 'toolCalls'>>(path: readonly M[]): M[] {
  const isEmpty = (message: M | undefined): boolean => message?.role === 'assistant' && message.content === '' && message.toolCalls.length === 0;
  return path.filter((message, index) => !isEmpty(message) && !(message.role === 'user' && isEmpty(path[index + 1])));
}

/** Whether anything in the path needs a model that sees. */
export function hasImages(path: readonly Pick<Asked, 'attachments'>[]): boolean {
  return path.some(({ attachments }) => attachments.some(({ kind }) => kind === 'image'));
}

function toParts({ content, attachments }: Asked): PromptPart[] {
  const files = attachments.filter(({ kind }) => kind === 'text').map(({ name, data }) => toFile(name, Buffer.from(data, 'base64').toString('utf8')));
  const text = [...files, content].filter((part) => part !== '').join('\n\n');
  const images = attachments.filter(({ kind }) => kind === 'image').map(({ mediaType, data }): PromptPart => ({ type: 'image_url', image_url: { url: `data:${mediaType};base64,${data}` } }));
  return [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...images];
}

function toContent(parts: readonly PromptPart[]): PromptMessage['content'] {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return texts.length === parts.length ? texts.join('\n\n') : parts;
}

function toFile(name: string, text: string): string {
  return `${name}\n${toFencedBlock(text, /\.([A-Za-z0-9]{1,12})$/.exec(name)?.[1])}`;
}
