import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { HeaderError } from './headerError.ts';

/** Bytes at known places. `read` gives exactly what was asked for. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** @throws HeaderError truncated */
  read(offset: number, length: number): Buffer;
}

const WINDOW_BYTES = 256 * 1024;

/** Bytes in memory, such as the start of a file that lies elsewhere. */
export function toByteSource(bytes: Buffer): ByteSource {
  return {
    sizeBytes: bytes.length,
    read: (offset, length) => {
      requireInside(bytes.length, offset, length);
      return bytes.subarray(offset, offset + length);
    },
  };
}

/** A regular file, read a window at a time. For workers: it reads synchronously. */
export class FileByteSource implements ByteSource, Disposable {
  readonly #descriptor: number;
  readonly sizeBytes: number;
  #window: Buffer = Buffer.alloc(0);
  #windowOffset = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r');
    const facts = fstatSync(this.#descriptor);
    this.sizeBytes = facts.size;
    if (facts.isFile()) return;
    closeSync(this.#descriptor);
    throw new HeaderError('unreadable', 'not a file');
  }

  read(offset: number, length: number): Buffer {
    requireInside(this.sizeBytes, offset, length);
    const from = offset - this.#windowOffset;
    if (from >= 0 && from + length <= this.#window.length) return this.#window.subarray(from, from + length);
    this.#window = this.#readFile(offset, Math.min(Math.max(length, WINDOW_BYTES), this.sizeBytes - offset));
    this.#windowOffset = offset;
    requireInside(this.#window.length, 0, length);
    return this.#window.subarray(0, length);
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }

  #readFile(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const count = readSync(this.#descriptor, bytes, done, length - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return bytes.subarray(0, done);
  }
}

function requireInside(sizeBytes: number, offset: number, length: number): void {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0 || offset + length > sizeBytes) throw new HeaderError('truncated', `the file ends at ${sizeBytes}, before ${offset} + ${length}`);
}
