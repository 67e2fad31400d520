import type { Clock } from '../../base/clock.ts';

/** A piece of a fast stream waits no longer than this for its write: a window that draws words does so 30 times a second at most. */
export const ROUND_MS = 33;
/** Where so many streams went together in the last round, which is more than anybody watches, a piece waits no longer than `LONG_ROUND_MS`. */
export const MANY_STREAMS = 4;
export const LONG_ROUND_MS = 66;

/**
 * Writes what several fast streams have gathered at the same moment. Each write wakes the program that reads it, which costs
 * more than the words do: together, many streams cost about as much as one.
 */
export class WriteRounds {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #waiting = new Set<() => void>();
  #isRunning = false;
  #lastCount = 0;

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock;
  }

  /** Calls at the next round; twice is once. */
  add(flush: () => void): void {
    this.#waiting.add(flush);
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#clock.after(this.#lastCount < MANY_STREAMS ? ROUND_MS : LONG_ROUND_MS, () => { this.#run(); });
  }

  remove(flush: () => void): void {
    this.#waiting.delete(flush);
  }

  #run(): void {
    this.#isRunning = false;
    const flushes = [...this.#waiting];
    this.#lastCount = flushes.length;
    this.#waiting.clear();
    for (const flush of flushes) flush();
  }
}
