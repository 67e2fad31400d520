import { ROUND_MS } from './writeRounds.ts';

/** So many writes may follow each other at once: the headers, the role, the first words. */
const AT_ONCE = 4;

/** How fast one stream is written. What comes slower than one piece a round never waits. */
export class WritePace {
  #paidUntilMs = 0;

  /** Whether a write need not wait for the next round. */
  isFree(nowMs: number): boolean {
    return this.#paidUntilMs - nowMs <= (AT_ONCE - 1) * ROUND_MS;
  }

  noteWrite(nowMs: number): void {
    this.#paidUntilMs = Math.max(this.#paidUntilMs, nowMs) + ROUND_MS;
  }
}
