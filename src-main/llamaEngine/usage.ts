/** What one generation took. */
export interface Generated {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly finishReason: 'stop' | 'length' | 'tool_calls';
  readonly promptMs: number;
  readonly predictedMs: number;
}

/** OpenAI's usage of the answers to some prompts, `perPrompt` answers to each. */
export function toUsage(all: readonly Generated[], perPrompt: number): object {
  const prompts = all.filter((_, index) => index % perPrompt === 0);
  const promptTokens = sum(prompts, 'promptTokens');
  const completionTokens = sum(all, 'completionTokens');
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: sum(prompts, 'cachedTokens') },
  };
}

/** llama-server's timings, milliseconds. Answers that ran side by side count the longest. */
export function toTimings(all: readonly Generated[]): object {
  const cachedTokens = sum(all, 'cachedTokens');
  const promptTokens = sum(all, 'promptTokens') - cachedTokens;
  const promptMs = Math.max(0, ...all.map((one) => one.promptMs));
  const predictedTokens = sum(all, 'completionTokens');
  const predictedMs = Math.max(0, ...all.map((one) => one.predictedMs));
  return {
    cache_n: cachedTokens,
    prompt_n: promptTokens, prompt_ms: promptMs, prompt_per_token_ms: ratio(promptMs, promptTokens), prompt_per_second: ratio(promptTokens * 1_000, promptMs),
    predicted_n: predictedTokens, predicted_ms: predictedMs, predicted_per_token_ms: ratio(predictedMs, predictedTokens), predicted_per_second: ratio(predictedTokens * 1_000, predictedMs),
  };
}

const ratio = (a: number, b: number): number => (b === 0 ? 0 : a / b);
const sum = (all: readonly Generated[], key: 'promptTokens' | 'completionTokens' | 'cachedTokens'): number => all.reduce((total, one) => total + one[key], 0);
