import type { ChatHistoryItem, ChatModelFunctionCall, ChatModelResponse } from 'node-llama-cpp';
import { ApiError } from './apiError.ts';
import type { ChatMessage } from './requests.ts';

type ModelPart = ChatModelResponse['response'][number];

/**
 * Turns OpenAI's messages into node-llama-cpp's history. An assistant's text, calls, their results and what follows
 * them are one item, as the model sees one turn of its own. The last item is the turn that is to be generated.
 * @throws ApiError invalid_request for a result without its call
 */
export function toChatHistory(messages: readonly ChatMessage[]): ChatHistoryItem[] {
  const history: ChatHistoryItem[] = [];
  const calls = new Map<string, ChatModelFunctionCall>();
  for (const message of messages) {
    if (message.role === 'system' || message.role === 'developer') history.push({ type: 'system', text: message.content });
    else if (message.role === 'user') history.push({ type: 'user', text: message.content });
    else if (message.role === 'assistant') openTurn(history).push(...toModelParts(message, calls));
    else answerCall(calls, message);
  }
  openTurn(history);
  return history;
}

/** The parts of the assistant's turn at the end; a new turn when somebody else spoke last. */
function openTurn(history: ChatHistoryItem[]): ModelPart[] {
  const last = history.at(-1);
  if (last?.type === 'model') return last.response;
  const response: ModelPart[] = [];
  history.push({ type: 'model', response });
  return response;
}

function toModelParts(message: ChatMessage, calls: Map<string, ChatModelFunctionCall>): ModelPart[] {
  const parts: ModelPart[] = [];
  if (message.reasoning_content) parts.push({ type: 'segment', segmentType: 'thought', text: message.reasoning_content, ended: true });
  if (message.content !== '') parts.push(message.content);
  for (const [index, call] of (message.tool_calls ?? []).entries()) {
    const part: ChatModelFunctionCall = { type: 'functionCall', name: call.function.name, params: parseArguments(call.function.arguments), result: undefined, startsNewChunk: index === 0 };
    calls.set(call.id ?? '', part);
    parts.push(part);
  }
  return parts;
}

function answerCall(calls: ReadonlyMap<string, ChatModelFunctionCall>, message: ChatMessage): void {
  const call = calls.get(message.tool_call_id ?? '') ?? [...calls.values()].findLast(({ name, result }) => result === undefined && (!message.name || name === message.name));
  if (!call) throw new ApiError(400, 'invalid_request', `A tool's result names the call ${message.tool_call_id ?? ''}, which no message before it made`);
  call.result = parseJson(message.content) ?? message.content;
}

function parseArguments(value: string | Record<string, unknown> | null | undefined): unknown {
  if (typeof value !== 'string') return value ?? {};
  return value.trim() === '' ? {} : parseJson(value) ?? value;
}

/** Null for what is not JSON: results are often plain text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
