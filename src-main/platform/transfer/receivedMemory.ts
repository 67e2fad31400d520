const COLLECT_EVERY_BYTES = 4 * 1024 * 1024;

/**
 * Lets go of received buffers early.
 *
 * V8 counts a buffer as the few bytes of its handle and lets 64 MB of them pile up before it looks (measured on Node 24.21). The
 * young generation holds little else here, so looking after every few MB costs less than a millisecond.
 */
export class ReceivedMemory {
  readonly #collect: (() => void) | null;
  #sinceBytes = 0;

  /** `collect` is Node's own with `--expose-gc`; null where it was started without. */
  constructor(collect: (() => void) | null) {
    this.#collect = collect;
  }

  add(bytes: number): void {
    this.#sinceBytes += bytes;
    if (this.#sinceBytes < COLLECT_EVERY_BYTES) return;
    this.#sinceBytes = 0;
    this.#collect?.();
  }
}
