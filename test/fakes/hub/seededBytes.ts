const BLOCK_BYTES = 1 << 20;
const STAMP_BYTES = 16;
const HASH_STEP = 0x9e3779b9;

/** Bytes at rest that can be read from any place, in pieces. */
export interface Bytes {
  readonly sizeBytes: number;
  /** At most about a MiB at a time, from `from` up to but without `to`. */
  pieces(from: number, to: number): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * A file of any size made from a number, never held in memory: one random MiB for the seed, again and again, and each
 * begins with its own index, so that a block in the wrong place is another block. The pieces are views, nothing is copied.
 */
export class SeededBytes implements Bytes {
  readonly sizeBytes: number;
  readonly #seed: number;
  readonly #head: Uint8Array;
  #pattern: Uint8Array | null = null;

  constructor({ seed, sizeBytes, head = new Uint8Array() }: { seed: number; sizeBytes: number; head?: Uint8Array }) {
    this.sizeBytes = sizeBytes;
    this.#seed = seed;
    this.#head = head;
  }

  *pieces(from: number, to: number): Iterable<Uint8Array> {
    const end = Math.min(to, this.sizeBytes);
    for (let at = from; at < end;) {
      const piece = this.#pieceAt(at);
      const wanted = piece.subarray(0, end - at);
      yield wanted;
      at += wanted.length;
    }
  }

  /** What begins at this place: the rest of the head, of a block's stamp or of its pattern. */
  #pieceAt(at: number): Uint8Array {
    if (at < this.#head.length) return this.#head.subarray(at, at + BLOCK_BYTES);
    const inBlock = at % BLOCK_BYTES;
    if (inBlock < STAMP_BYTES) return stampOf(Math.floor(at / BLOCK_BYTES)).subarray(inBlock);
    this.#pattern ??= makePattern(this.#seed);
    return this.#pattern.subarray(inBlock);
  }
}

function stampOf(block: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(block, Math.imul(block + 1, HASH_STEP), ~block, Math.imul(block, HASH_STEP)).buffer);
}

/** A xorshift generator; a seed of 0 would stay 0. */
function makePattern(seed: number): Uint8Array {
  const words = new Uint32Array(BLOCK_BYTES / 4);
  let state = (Math.imul(seed, HASH_STEP) ^ 0x5bd1e995) | 1;
  for (let index = 0; index < words.length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return new Uint8Array(words.buffer);
}
