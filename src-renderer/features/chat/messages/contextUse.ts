import type { Message } from '#contract/conversations.ts';
import { isWriting } from './branches.ts';

/** How many tokens a branch takes in the model's context, as far as its answers have told. */
export function countContextTokens(path: readonly Message[]): number {
  const told = path.findLastIndex(({ promptTokens }) => promptTokens !== null);
  return path.slice(Math.max(0, told)).reduce((sum, { promptTokens, completionTokens }) => sum + (promptTokens ?? 0) + (completionTokens ?? 0), 0);
}

/** In most languages and models. */
const USUAL_LETTERS_PER_TOKEN = 4;
/** Fewer tokens tell nothing. */
const TELLING_TOKENS = 50;

/** How many letters a token has in the answers of a branch; the usual number where they tell too little. */
export function countLettersPerToken(path: readonly Message[]): number {
  const told = path.filter((message) => message.completionTokens !== null && !isWriting(message));
  const tokens = told.reduce((sum, { completionTokens }) => sum + (completionTokens ?? 0), 0);
  const letters = told.reduce((sum, { content, thinking }) => sum + content.length + thinking.length, 0);
  return tokens < TELLING_TOKENS || letters < tokens ? USUAL_LETTERS_PER_TOKEN : letters / tokens;
}

/** From here on the next answers may not fit any more. */
const NEARLY_FULL = 0.85;

export function isNearlyFull(usedTokens: number, contextTokens: number | null): boolean {
  return contextTokens !== null && usedTokens >= contextTokens * NEARLY_FULL;
}
