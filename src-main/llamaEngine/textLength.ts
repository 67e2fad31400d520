import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LlamaModel } from 'node-llama-cpp';
import { contextExceeded } from './apiError.ts';

const STEP_CHARACTERS = 16_384;
/** A cut within a word makes a few tokens more of it. */
const CUT_TOKENS = 4;

/**
 * Refuses a text that does not fit before it is made tokens as a whole, which takes about a second for each million characters
 * and lets nobody else go on meanwhile. Its tokens are counted piece by piece, with turns for others in between.
 * @throws ApiError context_length_exceeded with about how many there are; the signal's reason
 */
export async function requireShort(text: string, { model, contextTokens, signal }: { model: Pick<LlamaModel, 'tokenize'>; contextTokens: number; signal: AbortSignal }): Promise<void> {
  if (text.length <= STEP_CHARACTERS) return;
  let tokens = 0;
  for (let end = STEP_CHARACTERS; end < text.length + STEP_CHARACTERS; end += STEP_CHARACTERS) {
    await nextTurn();
    signal.throwIfAborted();
    tokens += Math.max(0, model.tokenize(text.slice(end - STEP_CHARACTERS, end), true).length - CUT_TOKENS);
    if (tokens > contextTokens) throw contextExceeded(Math.round((tokens / Math.min(end, text.length)) * text.length), contextTokens);
  }
}
