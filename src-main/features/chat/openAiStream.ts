import { z } from 'zod';
import type { ChatPart } from './chatModel.ts';

const text = z.string().nullish();
const chunk = z.object({
  choices: z.array(z.object({
    delta: z.object({
      content: text, reasoning_content: text, reasoning: text,
      tool_calls: z.array(z.object({ index: z.int().min(0).default(0), id: text, function: z.object({ name: text, arguments: text }).nullish() })).nullish(),
    }).nullish(),
    finish_reason: text,
  })).default([]),
  usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int() }).nullish(),
  timings: z.object({ predicted_per_second: z.number().nullish(), predicted_n: z.int().min(0).nullish() }).nullish(),
  error: z.unknown().optional(),
});
const failure = z.object({ error: z.object({ message: z.string(), code: z.union([z.string(), z.number()]).nullish(), type: text }) });

/** The pieces of a streamed chat completion, as OpenAI's protocol has them. A line that is none of it is left out. */
export async function* readOpenAiStream(body: AsyncIterable<Uint8Array>): AsyncGenerator<ChatPart, void, void> {
  for await (const data of readEventData(body)) {
    if (data === '[DONE]') return;
    const parsed = chunk.safeParse(parseJson(data));
    if (parsed.success) yield* toParts(parsed.data);
  }
}

/** An error body as a piece; what is no such body is told as it came. */
export function toFailure(body: unknown, fallback: { code: string; message: string }): ChatPart {
  const parsed = failure.safeParse(body);
  if (!parsed.success) return { kind: 'failure', ...fallback };
  const { message, code, type } = parsed.data.error;
  return { kind: 'failure', code: String(code ?? type ?? fallback.code), message };
}

export function parseJson(source: string): unknown {
  try {
    return JSON.parse(source) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function* toParts({ choices, usage, timings, error }: z.infer<typeof chunk>): Generator<ChatPart, void, void> {
  if (error !== undefined && error !== null) {
    yield toFailure({ error }, { code: 'stream_error', message: 'The engine broke off with an error.' });
    return;
  }
  yield* toAnswerParts(choices[0]);
  const [tokensPerSecond, completionTokens] = [toPositive(timings?.predicted_per_second), toPositive(timings?.predicted_n)];
  if (tokensPerSecond !== null || completionTokens !== null) yield { kind: 'pace', tokensPerSecond, completionTokens };
  if (usage != null) yield { kind: 'usage', promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens };
}

function toPositive(told: number | null | undefined): number | null {
  return told != null && told > 0 ? told : null;
}

function* toAnswerParts(choice: z.infer<typeof chunk>['choices'][number] | undefined): Generator<ChatPart, void, void> {
  if (choice?.delta != null) yield toDelta(choice.delta);
  if (choice?.finish_reason != null) yield { kind: 'finish', reason: choice.finish_reason };
}

function toDelta({ content, reasoning_content: reasoningContent, reasoning, tool_calls: calls }: NonNullable<z.infer<typeof chunk>['choices'][number]['delta']>): ChatPart {
  return {
    kind: 'delta', content: content ?? '', thinking: reasoningContent ?? reasoning ?? '',
    toolCalls: (calls ?? []).map(({ index, id, function: called }) => ({ index, id: id ?? undefined, name: called?.name ?? undefined, arguments: called?.arguments ?? undefined })),
  };
}

/** The data of each server-sent event; characters may be cut anywhere between two chunks. */
async function* readEventData(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data:')) yield line.slice(5).trimStart();
  }
  if (rest.startsWith('data:')) yield rest.slice(5).trimStart();
}
