/** Pieces that are further apart than this never wait: 125 a second are far more than anybody reads. */
export const FAST_MS = 8;
/** So many pieces may follow each other at once: the headers, the role, the first words. */
const AT_ONCE = 4;

/** How fast the pieces of one stream come. */
export class WritePace {
  #left = AT_ONCE;
  #pieceAtMs = -Infinity;

  /** Whether the piece that came now is written at once. Otherwise it waits for the next round. */
  takePiece(nowMs: number): boolean {
    if (nowMs - this.#pieceAtMs > FAST_MS) this.#left = Math.min(AT_ONCE, this.#left + 1);
    this.#pieceAtMs = nowMs;
    if (this.#left === 0) return false;
    this.#left -= 1;
    return true;
  }
}
