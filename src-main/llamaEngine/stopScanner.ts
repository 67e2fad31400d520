/** Finds stop texts in a stream; what may be the beginning of one is held back until it is known. */
export class StopScanner {
  readonly #stops: readonly string[];
  #held = '';

  constructor(stops: readonly string[]) {
    this.#stops = stops;
  }

  /** What may go out now. After a stop nothing more comes. */
  take(piece: string): { text: string; isStopped: boolean } {
    const text = this.#held + piece;
    const stopAt = Math.min(...this.#stops.map((stop) => text.indexOf(stop)).filter((index) => index >= 0));
    if (Number.isFinite(stopAt)) {
      this.#held = '';
      return { text: text.slice(0, stopAt), isStopped: true };
    }
    const keep = Math.max(0, ...this.#stops.map((stop) => longestOverlap(text, stop)));
    this.#held = keep === 0 ? '' : text.slice(-keep);
    return { text: text.slice(0, text.length - keep), isStopped: false };
  }

  /** What was held back, when the stream ends. */
  flush(): string {
    const text = this.#held;
    this.#held = '';
    return text;
  }
}

/** How many characters at the end of `text` are the beginning of `stop`. */
function longestOverlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length -= 1) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}
