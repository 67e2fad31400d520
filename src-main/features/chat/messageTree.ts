import type { Message } from '#contract/conversations.ts';

type Node = Pick<Message, 'id' | 'parentId' | 'role' | 'lane'>;

/** The messages from the first question to this one; empty for one that is not there. */
export function listPath<M extends Node>(messages: readonly M[], leafId: string | null): M[] {
  const byId = new Map(messages.map((message) => [message.id as string, message]));
  const path: M[] = [];
  for (let at = leafId === null ? undefined : byId.get(leafId); at !== undefined; at = at.parentId === null ? undefined : byId.get(at.parentId)) path.unshift(at);
  return path;
}

/** The newest end of the branch that a message begins; null among no messages. Answers for comparison have no branch. */
export function findLeaf<M extends Node>(messages: readonly M[], fromId: string | null): M['id'] | null {
  let leafId: M['id'] | null = messages.find(({ id }) => id === fromId)?.id ?? null;
  for (;;) {
    const child = messages.findLast(({ parentId, lane }) => parentId === leafId && lane === 'main');
    if (child === undefined) return leafId;
    leafId = child.id;
  }
}

/** A message with everything that follows it. */
export function listBranch<M extends Node>(messages: readonly M[], fromId: string): M[] {
  const ids = new Set([fromId]);
  return messages.filter((message) => {
    const isInside = message.id === fromId || (message.parentId !== null && ids.has(message.parentId));
    if (isInside) ids.add(message.id);
    return isInside;
  });
}

/** The path as the compared model sees it: its own answers where it gave any, the shown ones elsewhere. */
export function toComparePath<M extends Node>(messages: readonly M[], path: readonly M[]): M[] {
  return path.map((message) => {
    if (message.role === 'user') return message;
    return messages.findLast(({ parentId, lane }) => parentId === message.parentId && lane === 'compare') ?? message;
  });
}
