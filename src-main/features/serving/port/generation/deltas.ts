import { asNumber, asObject, asObjects, asString, type JsonObject } from '../json.ts';

/** A piece of a tool call. `id` and `name` come with its first piece only. */
export interface ToolCallDelta { readonly index: number; readonly id: string | null; readonly name: string | null; readonly text: string }

/** What a piece adds to the first choice. */
export interface Delta { readonly text: string; readonly reasoning: string; readonly toolCalls: readonly ToolCallDelta[]; readonly finishReason: string | null }

/** Reads the first choice of a normalised piece, of a chat or of plain text. */
export function readDelta(chunk: JsonObject): Delta {
  const choice = asObjects(chunk['choices']).find(({ index }) => index === 0) ?? {};
  const delta = asObject(choice['delta']);
  return {
    text: asString(delta['content']) ?? asString(choice['text']) ?? '',
    reasoning: asString(delta['reasoning_content']) ?? '',
    toolCalls: asObjects(delta['tool_calls']).map((call) => {
      const details = asObject(call['function']);
      return { index: asNumber(call['index']) ?? 0, id: asString(call['id']), name: asString(details['name']), text: asString(details['arguments']) ?? '' };
    }),
    finishReason: asString(choice['finish_reason']),
  };
}
