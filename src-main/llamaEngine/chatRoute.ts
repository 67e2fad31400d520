import { randomUUID } from 'node:crypto';
import type { ChatModelFunctions, ChatWrapper, GbnfJsonSchema, Llama, LlamaGrammar } from 'node-llama-cpp';
import { ApiError } from './apiError.ts';
import { generateChat } from './chatGeneration.ts';
import type { ChatDelta } from './chatParser.ts';
import { renderChat, type ChatPrompt } from './chatPrompt.ts';
import { toChatHistory } from './chatHistory.ts';
import type { Exchange } from './exchange.ts';
import { ForcedToolWrapper } from './forcedToolWrapper.ts';
import { toGrammarSchema } from './jsonSchemas.ts';
import { readContextTokens, type LoadedModel } from './loadedModel.ts';
import { toChatLogprobs } from './logprobs.ts';
import { chatRequest, parseRequest, type ChatRequest } from './requests.ts';
import { toPenalties, toSampling } from './sampling.ts';
import { requireShort } from './textLength.ts';
import { toTimings, toUsage, type Generated } from './usage.ts';

/** `POST /v1/chat/completions` */
export async function answerChat(loaded: LoadedModel, exchange: Exchange): Promise<void> {
  const request = parseRequest(chatRequest, await exchange.readJson());
  const { slots } = requireGeneration(loaded);
  const prompt = await toChatPrompt(loaded, request, { contextTokens: readContextTokens(loaded), signal: exchange.signal });
  const grammar = await toGrammar(loaded.llama, request.response_format);
  const choices = Array.from({ length: request.n ?? 1 }, (_, index) => new Choice(index));
  const answer = new ChatAnswer(loaded.config.name, request, exchange);
  const failed = new AbortController();
  const signal = AbortSignal.any([exchange.signal, failed.signal]);
  const generateOne = async (choice: Choice): Promise<Generated> => {
    const generated = await generateChat(loaded.model, slots, prompt, {
      sampling: toSampling(request, choice.index), penalties: toPenalties(request), maxTokens: readMaxTokens(request), stop: request.stop, isEndIgnored: request.ignore_eos === true,
      grammar, batchTokens: loaded.config.batchTokens, signal, topChances: request.logprobs ? request.top_logprobs ?? 0 : null,
      maxToolCalls: request.parallel_tool_calls === false || prompt.wrapper instanceof ForcedToolWrapper ? 1 : null,
      onDelta: (delta) => { answer.takeDelta(choice, delta); },
      onChances: (chances) => { choice.pending.push(...toChatLogprobs(loaded.model, chances)); },
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

/** Renders a request's messages. @throws ApiError when the model has no chat, its template refuses them or they are far longer than a context; the signal's reason */
export async function toChatPrompt(loaded: LoadedModel, request: Pick<ChatRequest, 'messages' | 'tools' | 'tool_choice'>, { contextTokens, signal }: { contextTokens: number; signal: AbortSignal }): Promise<ChatPrompt> {
  const wrapper = requireChat(loaded);
  const named = typeof request.tool_choice === 'object' ? request.tool_choice?.function.name : undefined;
  const functions = request.tool_choice === 'none' ? undefined : toFunctions(request.tools ?? [], named);
  const isForced = functions !== undefined && (named !== undefined || request.tool_choice === 'required');
  const history = toChatHistory(request.messages);
  await requireShort(request.messages.map(({ content }) => content).join('\n'), { model: loaded.model, contextTokens, signal });
  try {
    return renderChat(loaded.model, isForced ? new ForcedToolWrapper(wrapper) : wrapper, history, functions);
  } catch (error) {
    throw new ApiError(400, 'template_error', `The model's chat template refuses these messages: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function requireGeneration({ generation }: LoadedModel): NonNullable<LoadedModel['generation']> {
  if (!generation) throw new ApiError(400, 'unsupported', 'This model was not loaded for generating text');
  return generation;
}

function requireChat(loaded: LoadedModel): ChatWrapper {
  requireGeneration(loaded);
  if (!loaded.chatWrapper) throw new ApiError(400, 'unsupported', 'This model has no chat template');
  return loaded.chatWrapper;
}

/** @throws ApiError invalid_request when the tool that is asked for is not among them */
function toFunctions(tools: NonNullable<ChatRequest['tools']>, named: string | undefined): ChatModelFunctions | undefined {
  const chosen = named === undefined ? tools : tools.filter((tool) => tool.function.name === named);
  if (named !== undefined && chosen.length === 0) throw new ApiError(400, 'invalid_request', `tool_choice: there is no tool ${named}`);
  if (chosen.length === 0) return undefined;
  return Object.fromEntries(chosen.map(({ function: { name, description, parameters } }) => [name, {
    ...(description ? { description } : {}),
    ...(hasProperties(parameters) ? { params: toGrammarSchema(parameters) } : {}),
  }]));
}

function hasProperties(parameters: Record<string, unknown> | null | undefined): parameters is Record<string, unknown> {
  const properties = parameters?.['properties'];
  return typeof properties === 'object' && properties !== null && Object.keys(properties).length > 0;
}

/** The grammar of a response format; null for plain text. */
export async function toGrammar(llama: Llama, format: ChatRequest['response_format']): Promise<LlamaGrammar | null> {
  const schema = format?.type === 'json_schema' ? format.json_schema.schema : format?.schema;
  if (!format || format.type === 'text') return null;
  if (!schema) return llama.getGrammarFor('json');
  const converted: GbnfJsonSchema = toGrammarSchema(schema);
  return llama.createGrammarForJsonSchema<GbnfJsonSchema>(converted);
}

function readMaxTokens({ max_completion_tokens: newer, max_tokens: older }: ChatRequest): number | null {
  const wanted = newer ?? older;
  return wanted === null || wanted === undefined || wanted < 1 ? null : wanted;
}

/** One of the answers as it grows. */
class Choice {
  readonly index: number;
  content = '';
  reasoning = '';
  finishReason: string | null = null;
  hasBegun = false;
  readonly toolCalls: { id: string; type: 'function'; function: { name: string; arguments: string } }[] = [];
  readonly logprobs: object[] = [];
  /** Of tokens whose text has not gone out yet. */
  readonly pending: object[] = [];

  constructor(index: number) {
    this.index = index;
  }

  /** Adds a piece and returns it in OpenAI's shape. */
  take(delta: ChatDelta): object {
    switch (delta.kind) {
      case 'content':
        this.content += delta.text;
        return { content: delta.text };
      case 'reasoning':
        this.reasoning += delta.text;
        return { reasoning_content: delta.text };
      case 'tool_call': {
        const call = { id: `call_${randomUUID().replaceAll('-', '')}`, type: 'function' as const, function: { name: delta.name, arguments: delta.arguments } };
        this.toolCalls.push(call);
        return { tool_calls: [{ index: this.toolCalls.length - 1, ...call }] };
      }
    }
  }

  toMessage(): object {
    return {
      role: 'assistant', content: this.content === '' && this.toolCalls.length > 0 ? null : this.content,
      ...(this.reasoning === '' ? {} : { reasoning_content: this.reasoning }),
      ...(this.toolCalls.length === 0 ? {} : { tool_calls: this.toolCalls }),
    };
  }
}

/** Puts the pieces of all choices into OpenAI's shapes, streamed or whole. */
class ChatAnswer {
  readonly #head: { id: string; created: number; model: string };
  readonly #request: ChatRequest;
  readonly #exchange: Exchange;

  constructor(name: string, request: ChatRequest, exchange: Exchange) {
    this.#head = { id: `chatcmpl-${randomUUID().replaceAll('-', '')}`, created: Math.floor(Date.now() / 1_000), model: request.model ?? name };
    this.#request = request;
    this.#exchange = exchange;
  }

  takeDelta(choice: Choice, delta: ChatDelta): void {
    this.#begin(choice);
    const logprobs = choice.pending.splice(0);
    choice.logprobs.push(...logprobs);
    const said = choice.take(delta);
    if (logprobs.length > 0) this.#stream(choice, said, { logprobs: { content: logprobs } });
    else if (delta.kind === 'tool_call') this.#stream(choice, said);
    else this.#streamWords(choice, delta);
  }

  finish(choice: Choice, generated: Generated): void {
    choice.finishReason = generated.finishReason;
    this.#begin(choice);
    if (!this.#request.stream) return;
    this.#exchange.send({ ...this.#chunk([{ index: choice.index, delta: {}, finish_reason: generated.finishReason }]), timings: toTimings([generated]) });
  }

  end(choices: readonly Choice[], generated: readonly Generated[]): void {
    const tail = { usage: toUsage(generated, choices.length), timings: toTimings(generated) };
    if (this.#request.stream) {
      if (this.#request.stream_options?.include_usage) this.#exchange.send({ ...this.#chunk([]), ...tail });
      this.#exchange.end();
      return;
    }
    this.#exchange.answer({
      ...this.#head, object: 'chat.completion', ...tail,
      choices: choices.map((choice) => ({ index: choice.index, message: choice.toMessage(), finish_reason: choice.finishReason, logprobs: choice.logprobs.length > 0 ? { content: choice.logprobs } : null })),
    });
  }

  /** The first delta of each choice carries the role. */
  #begin(choice: Choice): void {
    if (choice.hasBegun) return;
    choice.hasBegun = true;
    this.#stream(choice, { role: 'assistant', content: '' });
  }

  #stream(choice: Choice, delta: object, rest: object = {}): void {
    if (!this.#request.stream) return;
    this.#exchange.send(this.#chunk([{ index: choice.index, delta, finish_reason: null, ...rest }]));
  }

  #streamWords({ index }: Choice, { kind, text }: Exclude<ChatDelta, { kind: 'tool_call' }>): void {
    if (!this.#request.stream) return;
    const field = kind === 'content' ? 'content' : 'reasoning_content';
    this.#exchange.sendWords(`${index} ${field}`, text, (words) => this.#chunk([{ index, delta: { [field]: words }, finish_reason: null }]));
  }

  #chunk(choices: readonly object[]): object {
    return { ...this.#head, object: 'chat.completion.chunk', choices, ...(this.#request.stream_options?.include_usage ? { usage: null } : {}) };
  }
}

