import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Token } from 'node-llama-cpp';
import { requireGeneration, toGrammar } from './chatRoute.ts';
import type { Exchange } from './exchange.ts';
import { readContextTokens, type LoadedModel } from './loadedModel.ts';
import { toCompletionLogprobs } from './logprobs.ts';
import { ApiError } from './apiError.ts';
import { completionRequest, parseRequest, type CompletionRequest } from './requests.ts';
import { toPenalties, toSampling } from './sampling.ts';
import { requireShort } from './textLength.ts';
import { generateText, type TokenChance } from './textGeneration.ts';
import { toInfillTokens, toPromptTokens } from './tokenInput.ts';
import { toTimings, toUsage, type Generated } from './usage.ts';

interface Choice { readonly index: number; readonly tokens: readonly Token[]; readonly echo: string; text: string; finishReason: string | null; readonly chances: TokenChance[] }

/** `POST /v1/completions` */
export async function answerCompletion(loaded: LoadedModel, exchange: Exchange): Promise<void> {
  const request = parseRequest(completionRequest, await exchange.readJson());
  const { slots } = requireGeneration(loaded);
  const grammar = await toGrammar(loaded.llama, request.response_format);
  const choices = await listChoices(loaded, request, exchange.signal);
  const answer = new CompletionAnswer(loaded, request, exchange);
  const failed = new AbortController();
  const signal = AbortSignal.any([exchange.signal, failed.signal]);
  const generateOne = async (choice: Choice): Promise<Generated> => {
    if (choice.echo !== '') answer.take(choice, choice.echo, []);
    const generated = await generateText(loaded.model, slots, choice.tokens, {
      sampling: toSampling(request, choice.index), penalties: toPenalties(request), stop: request.stop, grammar, signal,
      maxTokens: request.max_tokens === null || request.max_tokens === undefined || request.max_tokens < 0 ? null : request.max_tokens,
      topChances: request.logprobs ?? null, isEndIgnored: request.ignore_eos === true, batchTokens: loaded.config.batchTokens,
      onText: (text, chances) => { answer.take(choice, text, chances); },
    });
    answer.finish(choice, generated);
    return generated;
  };
  try {
    answer.end(choices, await Promise.all(choices.map(generateOne)));
  } catch (error) {
    failed.abort(error);
    throw error;
  }
}

/** All answers: `n` for each prompt, a prompt's together. */
async function listChoices(loaded: LoadedModel, request: CompletionRequest, signal: AbortSignal): Promise<Choice[]> {
  const { model } = loaded;
  const perPrompt = request.n ?? 1;
  const choices: Choice[] = [];
  for (const [at, prompt] of listPrompts(request.prompt).entries()) {
    await nextTurn();
    signal.throwIfAborted();
    if (typeof prompt === 'string') await requireShort(prompt + (request.suffix ?? ''), { model, contextTokens: readContextTokens(loaded), signal });
    const tokens = request.suffix && typeof prompt === 'string' ? toInfillTokens(model, prompt, request.suffix) : toPromptTokens(model, prompt);
    if (tokens.length === 0) throw new ApiError(400, 'invalid_request', 'prompt: there is nothing to continue');
    const echo = request.echo ? (typeof prompt === 'string' ? prompt : model.detokenize(tokens, true)) : '';
    choices.push(...Array.from({ length: perPrompt }, (_, index) => ({ index: at * perPrompt + index, tokens, echo, text: '', finishReason: null, chances: [] })));
  }
  return choices;
}

function listPrompts(prompt: CompletionRequest['prompt']): readonly (string | readonly number[])[] {
  if (typeof prompt === 'string') return [prompt];
  return prompt.every((one) => typeof one === 'number') ? [prompt] : prompt;
}

class CompletionAnswer {
  readonly #head: { id: string; object: 'text_completion'; created: number; model: string };
  readonly #loaded: LoadedModel;
  readonly #request: CompletionRequest;
  readonly #exchange: Exchange;

  constructor(loaded: LoadedModel, request: CompletionRequest, exchange: Exchange) {
    this.#head = { id: `cmpl-${randomUUID().replaceAll('-', '')}`, object: 'text_completion', created: Math.floor(Date.now() / 1_000), model: request.model ?? loaded.config.name };
    this.#loaded = loaded;
    this.#request = request;
    this.#exchange = exchange;
  }

  take(choice: Choice, text: string, chances: readonly TokenChance[]): void {
    const logprobs = this.#toLogprobs(chances, choice.text.length);
    choice.text += text;
    choice.chances.push(...chances);
    if (logprobs !== null) this.#stream([{ index: choice.index, text, logprobs, finish_reason: null }]);
    else this.#streamWords(choice, text);
  }

  finish(choice: Choice, { finishReason }: Generated): void {
    choice.finishReason = finishReason;
    this.#stream([{ index: choice.index, text: '', logprobs: null, finish_reason: finishReason }]);
  }

  end(choices: readonly Choice[], generated: readonly Generated[]): void {
    const tail = { usage: toUsage(generated, this.#request.n ?? 1), timings: toTimings(generated) };
    if (this.#request.stream) {
      if (this.#request.stream_options?.include_usage) this.#exchange.send({ ...this.#head, choices: [], ...tail });
      this.#exchange.end();
      return;
    }
    this.#exchange.answer({
      ...this.#head, ...tail,
      choices: choices.map(({ index, text, finishReason, chances, echo }) => ({ index, text, finish_reason: finishReason, logprobs: this.#toLogprobs(chances, echo.length) })),
    });
  }

  #toLogprobs(chances: readonly TokenChance[], offset: number): object | null {
    return this.#request.logprobs === null || this.#request.logprobs === undefined ? null : toCompletionLogprobs(this.#loaded.model, chances, offset);
  }

  #stream(choices: readonly object[]): void {
    if (this.#request.stream) this.#exchange.send(this.#chunk(choices));
  }

  #streamWords({ index }: Choice, text: string): void {
    if (!this.#request.stream) return;
    this.#exchange.sendWords(String(index), text, (words) => this.#chunk([{ index, text: words, logprobs: null, finish_reason: null }]));
  }

  #chunk(choices: readonly object[]): object {
    return { ...this.#head, choices, ...(this.#request.stream_options?.include_usage ? { usage: null } : {}) };
  }
}
