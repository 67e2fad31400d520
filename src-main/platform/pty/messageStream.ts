import { invariant } from '../../base/invariant.ts';

const HEADER_BYTES = 5;
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

export const messageType = { json: 0, frame: 1 } as const;
export interface Message { type: number; body: Buffer }

/** What stands before a body of this length; for bodies that are written without a copy. */
export function encodeHeader(type: number, bodyBytes: number): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32LE(bodyBytes, 0);
  header[4] = type;
  return header;
}

export function encodeMessage(type: number, body: Uint8Array): Buffer {
  return Buffer.concat([encodeHeader(type, body.length), body]);
}

export function encodeJson(value: unknown): Buffer {
  return encodeMessage(messageType.json, Buffer.from(JSON.stringify(value)));
}

/** Cuts a byte stream back into messages. Bodies are views of what came in, or copies where a message was split. */
export class MessageReader {
  #held: Buffer[] = [];
  #heldBytes = 0;
  #neededBytes = HEADER_BYTES;

  /** @throws Error when a length is beyond any message: the stream is not ours. */
  *read(chunk: Buffer): Generator<Message> {
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes < this.#neededBytes) return;
    let rest = this.#held.length === 1 ? chunk : Buffer.concat(this.#held);
    while (rest.length >= (this.#neededBytes = neededBytesOf(rest))) {
      yield { type: rest[4] ?? 0, body: rest.subarray(HEADER_BYTES, this.#neededBytes) };
      rest = rest.subarray(this.#neededBytes);
    }
    this.#held = rest.length > 0 ? [rest] : [];
    this.#heldBytes = rest.length;
  }
}

function neededBytesOf(bytes: Buffer): number {
  if (bytes.length < HEADER_BYTES) return HEADER_BYTES;
  const bodyBytes = bytes.readUInt32LE(0);
  invariant(bodyBytes <= MAX_MESSAGE_BYTES, `a message of ${bodyBytes} bytes is refused`);
  return HEADER_BYTES + bodyBytes;
}
