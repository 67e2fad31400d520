import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LlamaEmbeddingContext, Token } from 'node-llama-cpp';
import { ApiError, contextExceeded } from './apiError.ts';
import type { Exchange } from './exchange.ts';
import type { LoadedModel } from './loadedModel.ts';
import { embeddingRequest, parseRequest, rerankRequest } from './requests.ts';
import { requireShort } from './textLength.ts';
import { toTokens } from './tokenInput.ts';

/** `POST /v1/embeddings`: vectors of length 1, as the OpenAI port has them. */
export async function answerEmbeddings(loaded: LoadedModel, exchange: Exchange): Promise<void> {
  const request = parseRequest(embeddingRequest, await exchange.readJson());
  const context = await loaded.embedding();
  const data: object[] = [];
  let promptTokens = 0;
  for (const [index, one] of listInputs(request.input).entries()) {
    exchange.signal.throwIfAborted();
    const input = await toInputTokens(loaded, one, exchange.signal);
    promptTokens += requireRoom(context, loaded, input);
    const { vector } = await context.getEmbeddingFor([...input]);
    const unit = toUnit(vector.slice(0, request.dimensions ?? vector.length));
    data.push({ object: 'embedding', index, embedding: request.encoding_format === 'base64' ? toBase64(unit) : unit });
  }
  exchange.answer({ object: 'list', data, model: request.model ?? loaded.config.name, usage: { prompt_tokens: promptTokens, total_tokens: promptTokens } });
}

type Input = string | readonly number[];

function listInputs(input: Input | readonly Input[]): readonly Input[] {
  return typeof input === 'string' || input.every((one) => typeof one === 'number') ? [input] : input;
}

async function toInputTokens({ model, config: { contextTokens } }: LoadedModel, input: Input, signal: AbortSignal): Promise<readonly Token[]> {
  if (typeof input !== 'string') return toTokens(model, input);
  await requireShort(input, { model, contextTokens, signal });
  return model.tokenize(input);
}

function requireRoom(context: LlamaEmbeddingContext, { config }: LoadedModel, tokens: readonly Token[]): number {
  if (tokens.length === 0) throw new ApiError(400, 'invalid_request', 'input: there is nothing to embed');
  const length = context.calculateInputLength([...tokens]);
  if (length >= config.contextTokens) throw contextExceeded(length, config.contextTokens);
  return length;
}

function toUnit(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector);
  return length === 0 ? [...vector] : vector.map((value) => value / length);
}

function toBase64(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64');
}

/** `POST /v1/rerank` */
export async function answerRerank(loaded: LoadedModel, exchange: Exchange): Promise<void> {
  const request = parseRequest(rerankRequest, await exchange.readJson());
  if (!loaded.ranking) throw new ApiError(400, 'unsupported', 'This model does not rank documents');
  const context = await loaded.ranking();
  const documents = request.documents.map((document) => (typeof document === 'string' ? document : document.text));
  const lengths: number[] = [];
  for (const document of documents) {
    await nextTurn();
    exchange.signal.throwIfAborted();
    await requireShort(`${request.query} ${document}`, { model: loaded.model, contextTokens: context.contextSize, signal: exchange.signal });
    lengths.push(context.calculateInputLength(request.query, document));
  }
  const longest = Math.max(...lengths);
  if (longest >= context.contextSize) throw contextExceeded(longest, context.contextSize);
  const scores: number[] = [];
  for (const document of documents) {
    exchange.signal.throwIfAborted();
    scores.push(await context.rank(request.query, document));
  }
  const promptTokens = lengths.reduce((sum, length) => sum + length, 0);
  exchange.answer({
    object: 'list', model: request.model ?? loaded.config.name, usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
    results: scores.map((score, index) => ({ index, relevance_score: score, ...(request.return_documents ? { document: { text: documents[index] } } : {}) }))
      .toSorted((a, b) => b.relevance_score - a.relevance_score).slice(0, request.top_n ?? scores.length),
  });
}
