import { PIECES_FIELD } from '../../../../platform/http/eventFields.ts';

/** One server-sent event, of so many pieces of an answer. `error` stands for llama-server's `error:` lines of old. */
export interface ServerEvent { readonly kind: 'data' | 'error'; readonly text: string; readonly pieceCount: number }

/** Longer than any event an engine has reason to send. */
const MAX_EVENT_LETTERS = 64 * 1024 * 1024;

const PIECES_PREFIX = `${PIECES_FIELD}: `;

/** A line without an end. */
export class EndlessEventError extends Error {}

/**
 * Takes a stream of bytes apart into events: all those that one piece of bytes completes at once, so that they can be
 * passed on in one write. Letters that were cut between two pieces are put together again; comments are left out.
 */
export class ServerEventReader {
  readonly #decoder = new TextDecoder();
  #rest = '';

  /** @throws EndlessEventError */
  read(bytes: Uint8Array): ServerEvent[] {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true });
    if (text.length > MAX_EVENT_LETTERS) throw new EndlessEventError('an event without an end');
    const end = findEnd(text);
    this.#rest = text.slice(end);
    return end === 0 ? [] : parseEvents(text.slice(0, end));
  }

  /** What is left when the stream has ended. */
  end(): ServerEvent[] {
    return parseEvents(this.#rest + this.#decoder.decode());
  }
}

/** Behind the last empty line. */
function findEnd(text: string): number {
  const plain = text.lastIndexOf('\n\n');
  const carriage = text.lastIndexOf('\r\n\r\n');
  return Math.max(plain < 0 ? 0 : plain + 2, carriage < 0 ? 0 : carriage + 4);
}

function parseEvents(text: string): ServerEvent[] {
  const blocks = text.includes('\r') ? text.split(/\r?\n\r?\n/) : text.split('\n\n');
  return blocks.map(parseEvent).filter((event) => event !== null);
}

function parseEvent(block: string): ServerEvent | null {
  if (block.startsWith('data: ') && !block.includes('\n')) return { kind: 'data', text: block.slice(6), pieceCount: 1 };
  const lines = block.split(/\r?\n/);
  const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(line.charAt(5) === ' ' ? 6 : 5));
  const text = data.join('\n');
  if (data.length > 0) return { kind: 'data', text, pieceCount: readPieceCount(lines, text.length) };
  const error = lines.find((line) => line.startsWith('error:'));
  return error === undefined ? null : { kind: 'error', text: error.slice(6).trim(), pieceCount: 1 };
}

/** Every piece has at least a letter. */
function readPieceCount(lines: readonly string[], letterCount: number): number {
  const told = Number(lines.find((line) => line.startsWith(PIECES_PREFIX))?.slice(PIECES_PREFIX.length));
  return Number.isSafeInteger(told) ? Math.max(1, Math.min(told, letterCount)) : 1;
}
