import type { Message } from '#contract/conversations.ts';

/** What took less says nothing about a rate. */
const SHORTEST_RATED_MS = 100;

/** How fast an answer was written, in tokens a second; null where that was not measured for long enough. */
export function toAnswerRate({ tokensPerSecond, firstTokenMs, totalMs }: Pick<Message, 'tokensPerSecond' | 'firstTokenMs' | 'totalMs'>): number | null {
  const writingMs = totalMs === null ? SHORTEST_RATED_MS : totalMs - (firstTokenMs ?? 0);
  return writingMs < SHORTEST_RATED_MS ? null : tokensPerSecond;
}
