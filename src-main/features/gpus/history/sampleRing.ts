import { COLUMN_COUNT } from './historyColumns.ts';

/** Called with a sample's time and where its figures begin in the array. */
export type VisitSample = (atMs: number, values: ArrayLike<number>, at: number) => void;

/** The newest samples of one device, in order of time. Fixed memory: times and figures in two arrays. */
export class SampleRing {
  readonly #capacity: number;
  readonly #times: Float64Array;
  readonly #values: Float64Array;
  #start = 0;
  #count = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#times = new Float64Array(capacity);
    this.#values = new Float64Array(capacity * COLUMN_COUNT);
  }

  get count(): number {
    return this.#count;
  }

  /** When the oldest sample was taken; null without one. */
  get firstMs(): number | null {
    return this.#count === 0 ? null : this.#timeAt(0);
  }

  /** Adds the newest sample. Those that claim to be later were taken before the clock was set back: they go. */
  add(atMs: number, values: readonly number[]): void {
    while (this.#count > 0 && this.#timeAt(this.#count - 1) >= atMs) this.#count -= 1;
    if (this.#count === this.#capacity) {
      this.#start = (this.#start + 1) % this.#capacity;
      this.#count -= 1;
    }
    const place = (this.#start + this.#count) % this.#capacity;
    this.#times[place] = atMs;
    this.#values.set(values, place * COLUMN_COUNT);
    this.#count += 1;
  }

  /** Visits the samples of a range in order. */
  visit(fromMs: number, toMs: number, visit: VisitSample): void {
    for (let n = this.#firstFrom(fromMs); n < this.#count; n += 1) {
      const place = (this.#start + n) % this.#capacity;
      const atMs = this.#times[place] ?? 0;
      if (atMs >= toMs) return;
      visit(atMs, this.#values, place * COLUMN_COUNT);
    }
  }

  #firstFrom(fromMs: number): number {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#timeAt(middle) < fromMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #timeAt(n: number): number {
    return this.#times[(this.#start + n) % this.#capacity] ?? 0;
  }
}
