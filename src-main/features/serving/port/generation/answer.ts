import type { JsonObject } from '../json.ts';
import type { PortProblem } from '../portError.ts';

/** How a generation is told to one client, in the words of its endpoint. Pieces come normalised, in OpenAI's shape. */
export interface Answer {
  readonly isStream: boolean;
  readonly contentType: string;
  /** Written while nothing comes; null where the format has no room for it. */
  readonly keepAlive: string | null;
  /** The first words of a stream; nothing for an answer in one piece. */
  open(): string;
  /** What a piece adds to a stream. */
  add(chunk: JsonObject): string;
  /** What a piece adds that differs from the last one in its words only, which come as JSON writes them; absent where pieces are told in another shape. */
  addWords?(words: string): string;
  /** The last words of a stream, or the whole answer. */
  end(usage: JsonObject): string;
  /** Said in the middle of a stream, which ends with it. */
  fail(problem: PortProblem): string;
}

export const EVENT_STREAM = 'text/event-stream; charset=utf-8';
export const JSON_TYPE = 'application/json; charset=utf-8';
export const COMMENT = ': keep-alive\n\n';
