import type { Message } from '#contract/conversations.ts';
import type { ChatPart, ToolCallPiece } from './chatModel.ts';

/** An answer as it is being written; times are milliseconds since it was asked for. */
export interface Draft {
  readonly message: Message;
  readonly lastTokenMs: number | null;
  /** Whether the model itself said how many tokens it wrote; until then pieces are counted. */
  readonly isCounted: boolean;
}

/** Adds one piece to an answer. */
export function applyPart(draft: Draft, part: ChatPart, atMs: number): Draft {
  const { message } = draft;
  switch (part.kind) {
    case 'delta': return applyDelta(draft, part, atMs);
    case 'usage': return { ...draft, isCounted: true, message: { ...message, promptTokens: part.promptTokens, completionTokens: part.completionTokens } };
    case 'pace': return applyPace(draft, part);
    case 'finish': return { ...draft, message: { ...message, finishReason: part.reason } };
    case 'failure': return { ...draft, message: { ...message, problem: `${part.code}: ${part.message}` } };
  }
}

/** What the model says of its own pace counts more than the pieces that came. */
function applyPace({ message, ...draft }: Draft, { tokensPerSecond, completionTokens }: Extract<ChatPart, { kind: 'pace' }>): Draft {
  const tokens = draft.isCounted ? null : completionTokens;
  return { ...draft, message: { ...message, tokensPerSecond: tokensPerSecond ?? message.tokensPerSecond, completionTokens: tokens ?? message.completionTokens } };
}

function applyDelta(draft: Draft, { content = '', thinking = '', toolCalls = [] }: Extract<ChatPart, { kind: 'delta' }>, atMs: number): Draft {
  if (content + thinking === '' && toolCalls.length === 0) return draft;
  const { message, isCounted } = draft;
  return {
    ...draft,
    lastTokenMs: atMs,
    message: {
      ...message,
      status: 'streaming',
      content: message.content + content,
      thinking: message.thinking + thinking,
      toolCalls: addToolCalls(message.toolCalls, toolCalls),
      firstTokenMs: message.firstTokenMs ?? atMs,
      thinkingMs: content === '' ? message.thinkingMs : measureThinking(message, atMs),
      completionTokens: isCounted ? message.completionTokens : (message.completionTokens ?? 0) + 1,
    },
  };
}

/** Thinking ends where the answer begins. */
function measureThinking({ content, thinking, thinkingMs, firstTokenMs }: Message, atMs: number): number | null {
  return content === '' && thinking !== '' ? atMs - (firstTokenMs ?? atMs) : thinkingMs;
}

function addToolCalls(calls: Message['toolCalls'], pieces: readonly ToolCallPiece[]): Message['toolCalls'] {
  if (pieces.length === 0) return calls;
  const next = [...calls];
  for (const { index, id, name, arguments: text = '' } of pieces) {
    const known = next[index] ?? { id: '', name: '', arguments: '', result: null };
    next[Math.min(index, next.length)] = { ...known, id: id ?? known.id, name: name ?? known.name, arguments: known.arguments + text };
  }
  return next;
}

/** Ends an answer: stopped by a person, failed, or done with its rate. One that just broke off has failed too. */
export function endAnswer({ message, lastTokenMs }: Draft, { isStopped, atMs }: { isStopped: boolean; atMs: number }): Message {
  const ended = { ...message, totalMs: atMs, tokensPerSecond: message.tokensPerSecond ?? toRate(message, lastTokenMs) };
  if (message.problem !== null) return { ...ended, status: 'failed' };
  if (isStopped) return { ...ended, status: 'stopped' };
  if (message.finishReason === null) return { ...ended, status: 'failed', problem: 'answer_ended_early: The answer broke off before its end.' };
  return { ...ended, status: 'done' };
}

/** In less than this tokens came together, and how they came says nothing about how fast they were written. */
const SHORTEST_MS = 50;

/** Tokens a second after the first one; null when they came too close together to tell. */
function toRate({ completionTokens, firstTokenMs }: Message, lastTokenMs: number | null): number | null {
  if (completionTokens === null || completionTokens < 2 || firstTokenMs === null || lastTokenMs === null || lastTokenMs - firstTokenMs < SHORTEST_MS) return null;
  return ((completionTokens - 1) * 1_000) / (lastTokenMs - firstTokenMs);
}
