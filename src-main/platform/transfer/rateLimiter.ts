import type { Clock } from '../../base/clock.ts';

const BURST_MS = 50;

/** Spreads bytes of all connections over time so that together they keep to the limit. */
export class RateLimiter {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #bytesPerSecond = 0;
  #paidUntilMs = 0;

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** 0: no limit. */
  setLimit(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
    this.#paidUntilMs = this.#clock.monotonicMs();
  }

  /** Counts bytes that came; gives how long the connection should rest before it reads on. */
  take(bytes: number): number {
    if (this.#bytesPerSecond === 0) return 0;
    const nowMs = this.#clock.monotonicMs();
    this.#paidUntilMs = Math.max(this.#paidUntilMs, nowMs - BURST_MS) + (bytes * 1_000) / this.#bytesPerSecond;
    return Math.max(0, this.#paidUntilMs - nowMs);
  }
}
