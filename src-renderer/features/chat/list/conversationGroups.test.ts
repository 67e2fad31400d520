import { expect, test } from 'vitest';
import { conversation } from '#contract/conversations.ts';
import type { Conversation } from '#contract/conversations.ts';
import { groupConversations, splitSnippet } from './conversationGroups.ts';

const now = new Date(2026, 5, 15, 14).getTime();
const HOUR = 3_600_000;
const aConversation = (id: string, updatedAtMs: number, isPinned = false): Conversation => conversation.parse({ id, title: id, model: null, compareModel: null, systemPrompt: '', sampling: {}, leafId: null, messageCount: 0, isPinned, createdAtMs: 0, updatedAtMs });

test('conversations stand by day, newest first, the pinned ones on top', () => {
  const groups = groupConversations([aConversation('month', now - 700 * HOUR), aConversation('morning', now - 5 * HOUR), aConversation('night', now - 15 * HOUR), aConversation('pinned', 0, true), aConversation('noon', now - HOUR), aConversation('days', now - 80 * HOUR)], now);

  expect(groups.map(({ key, members }) => [key, members.map(({ id }) => id)])).toEqual([['pinned', ['pinned']], ['today', ['noon', 'morning']], ['yesterday', ['night']], ['week', ['days']], ['older', ['month']]]);
});

test('a snippet is cut where the words were found', () => {
  expect(splitSnippet('# a **\u0002wheel\u0003** `turns`')).toEqual(['a ', 'wheel', ' turns']);
});
