import type { LlamaContextSequence, Token } from 'node-llama-cpp';

const STEP_MS = 30;
const FIRST_STEP_TOKENS = 64;
const LEAST_STEP_TOKENS = 8;

/** What was known of a prompt and what had to be computed. */
export interface Prefill { readonly cachedTokens: number; readonly evaluatedTokens: number; readonly tookMs: number }

/**
 * Brings a sequence to the prompt without its last token, which the generation evaluates itself. It goes in steps of
 * about 30 ms, so that an abort is noticed in time and other sequences take their turns.
 * @throws the signal's reason
 */
export async function prefill(sequence: LlamaContextSequence, tokens: readonly Token[], { signal, batchTokens }: { signal: AbortSignal; batchTokens: number }): Promise<Prefill> {
  const startedAt = performance.now();
  const known = tokens.slice(0, -1);
  await sequence.adaptStateToTokens(known, false);
  const cachedTokens = sequence.nextTokenIndex;
  let stepTokens = Math.min(FIRST_STEP_TOKENS, batchTokens);
  for (let index = cachedTokens; index < known.length;) {
    signal.throwIfAborted();
    const step = known.slice(index, index + stepTokens);
    const stepStartedAt = performance.now();
    await sequence.evaluateWithoutGeneratingNewTokens(step);
    index += step.length;
    const perTokenMs = (performance.now() - stepStartedAt) / step.length;
    stepTokens = Math.max(LEAST_STEP_TOKENS, Math.min(batchTokens, Math.floor(STEP_MS / perTokenMs)));
  }
  signal.throwIfAborted();
  return { cachedTokens, evaluatedTokens: tokens.length - cachedTokens, tookMs: performance.now() - startedAt };
}
