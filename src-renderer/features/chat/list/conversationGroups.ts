import type { Conversation } from '#contract/conversations.ts';

export const groupKeys = ['pinned', 'today', 'yesterday', 'week', 'older'] as const;
export type GroupKey = (typeof groupKeys)[number];

const DAY_MS = 24 * 60 * 60 * 1_000;

/** Conversations by when they were last spoken in, newest first, the pinned ones on top; empty groups are left out. */
export function groupConversations(conversations: readonly Conversation[], nowMs: number): { key: GroupKey; members: Conversation[] }[] {
  const midnight = new Date(nowMs).setHours(0, 0, 0, 0);
  const keyOf = ({ isPinned, updatedAtMs }: Conversation): GroupKey => {
    if (isPinned) return 'pinned';
    if (updatedAtMs >= midnight) return 'today';
    if (updatedAtMs >= midnight - DAY_MS) return 'yesterday';
    return updatedAtMs >= midnight - 7 * DAY_MS ? 'week' : 'older';
  };
  const sorted = conversations.toSorted((left, right) => right.updatedAtMs - left.updatedAtMs);
  const groups = Object.groupBy(sorted, keyOf);
  return groupKeys.flatMap((key) => (groups[key] === undefined ? [] : [{ key, members: groups[key] }]));
}

/** The words around a place that was found, without the marks of Markdown; every second part is what was found. */
export function splitSnippet(snippet: string): string[] {
  return snippet.replaceAll(/\*\*|__|`+|^#+ /g, '').split(/[\u0002\u0003]/);
}
