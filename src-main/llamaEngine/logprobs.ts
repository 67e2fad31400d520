import type { LlamaModel, Token } from 'node-llama-cpp';
import type { TokenChance } from './textGeneration.ts';

/** OpenAI's logprobs of a chat. */
export function toChatLogprobs(model: LlamaModel, chances: readonly TokenChance[]): object[] {
  const toEntry = (token: Token, logprob: number): object => {
    const text = model.detokenize([token], true);
    return { token: text, logprob, bytes: [...Buffer.from(text, 'utf8')] };
  };
  return chances.map(({ token, logprob, top }) => ({ ...toEntry(token, logprob), top_logprobs: top.map((one) => toEntry(one.token, one.logprob)) }));
}

/** OpenAI's logprobs of a completion; offsets count from the start of its text. */
export function toCompletionLogprobs(model: LlamaModel, chances: readonly TokenChance[], startOffset: number): object {
  const texts = chances.map(({ token }) => model.detokenize([token], true));
  let offset = startOffset;
  return {
    tokens: texts,
    token_logprobs: chances.map(({ logprob }) => logprob),
    top_logprobs: chances.map(({ top }) => Object.fromEntries(top.map((one) => [model.detokenize([one.token], true), one.logprob]))),
    text_offset: texts.map((text) => {
      const at = offset;
      offset += text.length;
      return at;
    }),
  };
}
