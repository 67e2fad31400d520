const BLOCK_BYTES = 1 << 20;
const HASH_STEP = 0x9e3779b9;

/** Bytes at rest that can be read from any place, in pieces. */
export interface Bytes {
  readonly sizeBytes: number;
  /** At most about a MiB at a time, from `from` up to but without `to`. */
  pieces(from: number, to: number): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * A file of any size made from a number, never held in memory: one random MiB for the seed, and each MiB of the file
 * carries its own index in every 4 KiB, so that a block in the wrong place is another block.
 */
export class SeededBytes implements Bytes {
  readonly sizeBytes: number;
  readonly #seed: number;
  readonly #head: Uint8Array;
  #pattern: Uint32Array | null = null;

  constructor({ seed, sizeBytes, head = new Uint8Array() }: { seed: number; sizeBytes: number; head?: Uint8Array }) {
    this.sizeBytes = sizeBytes;
    this.#seed = seed;
    this.#head = head;
  }

  *pieces(from: number, to: number): Iterable<Uint8Array> {
    const end = Math.min(to, this.sizeBytes);
    for (let at = from; at < end;) {
      const index = Math.floor(at / BLOCK_BYTES);
      const start = index * BLOCK_BYTES;
      const upTo = Math.min(end, start + BLOCK_BYTES);
      yield this.#block(index, start).subarray(at - start, upTo - start);
      at = upTo;
    }
  }

  #block(index: number, start: number): Uint8Array {
    this.#pattern ??= makePattern(this.#seed);
    const words = this.#pattern.slice();
    for (let page = 0; page < words.length; page += 1024) words[page] = Math.imul(index + 1, HASH_STEP) ^ page;
    const block = new Uint8Array(words.buffer);
    if (start < this.#head.length) block.set(this.#head.subarray(start, start + BLOCK_BYTES));
    return block;
  }
}

/** A xorshift generator; a seed of 0 would stay 0. */
function makePattern(seed: number): Uint32Array {
  const words = new Uint32Array(BLOCK_BYTES / 4);
  let state = (Math.imul(seed, HASH_STEP) ^ 0x5bd1e995) | 1;
  for (let index = 0; index < words.length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return words;
}
