const FIRST_CAPACITY_BYTES = 64 * 1024;

/** The last bytes of an endless stream, addressed by their absolute offsets. Grows up to its limit, then overwrites. */
export class ByteRing {
  readonly #limitBytes: number;
  #memory: Buffer;
  #endOffset = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
    this.#memory = Buffer.allocUnsafe(Math.min(FIRST_CAPACITY_BYTES, limitBytes));
  }

  /** The offset after the last byte. */
  get endOffset(): number {
    return this.#endOffset;
  }

  /** The offset of the oldest byte still held. */
  get startOffset(): number {
    return Math.max(0, this.#endOffset - this.#memory.length);
  }

  append(chunk: Uint8Array): void {
    this.#growFor(chunk.length);
    const skipped = Math.max(0, chunk.length - this.#memory.length);
    this.#place(chunk.subarray(skipped), this.#endOffset + skipped);
    this.#endOffset += chunk.length;
  }

  /** Copies up to `maxBytes` from `offset` into new memory after `headroomBytes` left free. */
  read(offset: number, maxBytes: number, headroomBytes = 0): Buffer {
    const from = Math.max(offset, this.startOffset);
    const length = Math.max(0, Math.min(maxBytes, this.#endOffset - from));
    const target = Buffer.allocUnsafe(headroomBytes + length);
    const at = from % this.#memory.length;
    const copied = this.#memory.copy(target, headroomBytes, at, Math.min(this.#memory.length, at + length));
    if (copied < length) this.#memory.copy(target, headroomBytes + copied, 0, length - copied);
    return target;
  }

  #place(bytes: Uint8Array, offset: number): void {
    const at = offset % this.#memory.length;
    const fitting = Math.min(bytes.length, this.#memory.length - at);
    this.#memory.set(bytes.subarray(0, fitting), at);
    this.#memory.set(bytes.subarray(fitting), 0);
  }

  #growFor(addedBytes: number): void {
    const wanted = Math.min(this.#limitBytes, this.#endOffset - this.startOffset + addedBytes);
    if (wanted <= this.#memory.length) return;
    const held = this.read(this.startOffset, this.#memory.length);
    const heldFrom = this.startOffset;
    this.#memory = Buffer.allocUnsafe(Math.min(this.#limitBytes, Math.max(wanted, this.#memory.length * 4)));
    this.#place(held, heldFrom);
  }
}
