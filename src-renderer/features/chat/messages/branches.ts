import type { Message } from '#contract/conversations.ts';

/** The messages from the first question to this one; empty for one that is not there. */
export function listPath(messages: readonly Message[], leafId: string | null): Message[] {
  const byId = new Map<string, Message>(messages.map((message) => [message.id, message]));
  const path: Message[] = [];
  for (let at = leafId === null ? undefined : byId.get(leafId); at !== undefined; at = at.parentId === null ? undefined : byId.get(at.parentId)) path.unshift(at);
  return path;
}

/** Those that stand in the place of this one, itself included, oldest first. */
export function listSiblings(messages: readonly Message[], message: Message): Message[] {
  return messages.filter(({ parentId, role, lane }) => parentId === message.parentId && role === message.role && lane === message.lane);
}

/** The newest end of the branch that a message begins. */
export function findLeaf(messages: readonly Message[], from: Message): Message {
  let leaf = from;
  for (;;) {
    const child = messages.findLast(({ parentId, lane }) => parentId === leaf.id && lane === 'main');
    if (child === undefined) return leaf;
    leaf = child;
  }
}

/** The newest answer of the other model beside this one; null where none was asked. */
export function findCompared(messages: readonly Message[], question: Message): Message | null {
  return messages.findLast(({ parentId, lane }) => parentId === question.id && lane === 'compare') ?? null;
}

/** How many messages go with this one when it is deleted. */
export function countBranch(messages: readonly Message[], from: Message): number {
  const ids = new Set<string>([from.id]);
  for (const { id, parentId } of messages) if (parentId !== null && ids.has(parentId)) ids.add(id);
  return ids.size;
}

/** Whether an answer is still on its way. */
export function isWriting({ status }: Pick<Message, 'status'>): boolean {
  return status === 'waiting' || status === 'streaming';
}
