import type { LlamaModel, Token } from 'node-llama-cpp';
import { ApiError } from './apiError.ts';

/** Token ids from a request. @throws ApiError invalid_request for one that the vocabulary does not have */
export function toTokens(model: LlamaModel, ids: readonly number[]): Token[] {
  const size = model.fileInfo.metadata.tokenizer.ggml.tokens.length;
  return ids.map((id) => {
    if (id >= size) throw new ApiError(400, 'invalid_request', `There is no token ${id}`);
    return id as Token;
  });
}

/** A text as a completion's prompt: special tokens are read as such, and the token that begins a text comes first. */
export function toPromptTokens(model: LlamaModel, prompt: string | readonly number[]): Token[] {
  if (typeof prompt !== 'string') return toTokens(model, prompt);
  return withBegin(model, model.tokenize(prompt, true));
}

/** Prefix, suffix and middle in the order of the models that fill gaps. @throws ApiError unsupported */
export function toInfillTokens(model: LlamaModel, prefix: string, suffix: string): Token[] {
  const { prefix: prefixToken, suffix: suffixToken, middle: middleToken } = model.tokens.infill;
  if (prefixToken === null || suffixToken === null) throw new ApiError(400, 'unsupported', 'This model does not fill gaps: leave the suffix out');
  return withBegin(model, [prefixToken, ...model.tokenize(prefix), suffixToken, ...model.tokenize(suffix), ...(middleToken === null ? [] : [middleToken])]);
}

function withBegin(model: LlamaModel, tokens: Token[]): Token[] {
  const { bos, shouldPrependBosToken } = model.tokens;
  return shouldPrependBosToken && bos !== null && tokens[0] !== bos ? [bos, ...tokens] : tokens;
}
