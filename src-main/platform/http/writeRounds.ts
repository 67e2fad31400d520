import type { Clock } from '../../base/clock.ts';

/** A piece of a fast stream waits no longer than this for its write: a window that draws words does so 30 times a second at most. */
export const ROUND_MS = 33;

/**
 * Writes what several fast streams have gathered at the same moment. Each write wakes the program that reads it, which costs
 * more than the words do: together, many streams cost about as much as one.
 */
export class WriteRounds {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #waiting = new Set<() => void>();
  #isRunning = false;

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock;
  }

  /** Calls at the next round; twice is once. */
  add(flush: () => void): void {
    this.#waiting.add(flush);
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#clock.after(ROUND_MS, () => { this.#run(); });
  }

  remove(flush: () => void): void {
    this.#waiting.delete(flush);
  }

  #run(): void {
    this.#isRunning = false;
    const flushes = [...this.#waiting];
    this.#waiting.clear();
    for (const flush of flushes) flush();
  }
}
