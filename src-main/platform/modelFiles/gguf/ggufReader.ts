import type { ByteSource } from '../byteSource.ts';
import { HeaderError } from '../headerError.ts';

/** The most that a header may ask for. A real vocabulary has some 300 000 entries, a real header some 20 MB. */
export const GGUF_LIMITS = { keys: 100_000, tensors: 1_000_000, stringBytes: 16 * 1024 * 1024, elements: 8_000_000, depth: 4, headerBytes: 256 * 1024 * 1024 } as const;

/** Reads little-endian values one after the other and refuses to go past the limits. */
export class GgufReader {
  readonly #source: ByteSource;
  #offset = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get offset(): number {
    return this.#offset;
  }

  take(length: number): Buffer {
    if (this.#offset + length > GGUF_LIMITS.headerBytes) throw new HeaderError('too_large', `the header passes ${GGUF_LIMITS.headerBytes} bytes`);
    const bytes = this.#source.read(this.#offset, length);
    this.#offset += length;
    return bytes;
  }

  u32(): number {
    return this.take(4).readUInt32LE();
  }

  /** A count or a size: beyond what a number holds exactly it is a lie. */
  size(): number {
    const value = this.take(8).readBigUInt64LE();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new HeaderError('malformed', `a size of ${value}`);
    return Number(value);
  }

  string(maxBytes: number = GGUF_LIMITS.stringBytes): string {
    return this.take(this.#length(maxBytes)).toString('utf8');
  }

  skipString(): void {
    this.take(this.#length(GGUF_LIMITS.stringBytes));
  }

  #length(maxBytes: number): number {
    const length = this.size();
    if (length > maxBytes) throw new HeaderError('too_large', `a string of ${length} bytes`);
    return length;
  }
}
