import type { Message } from '#contract/conversations.ts';

/** How many tokens a branch takes in the model's context, as far as its answers have told. */
export function countContextTokens(path: readonly Message[]): number {
  const told = path.findLastIndex(({ promptTokens }) => promptTokens !== null);
  return path.slice(Math.max(0, told)).reduce((sum, { promptTokens, completionTokens }) => sum + (promptTokens ?? 0) + (completionTokens ?? 0), 0);
}

/** From here on the next answers may not fit any more. */
const NEARLY_FULL = 0.85;

export function isNearlyFull(usedTokens: number, contextTokens: number | null): boolean {
  return contextTokens !== null && usedTokens >= contextTokens * NEARLY_FULL;
}
