import type { Clock } from '../../../src-main/base/clock.ts';

interface Timer { readonly dueMs: number; readonly periodMs: number | null; readonly serial: number; readonly call: () => void }

/** A clock that only moves when it is told to. */
export class FakeClock implements Clock {
  #wallMs: number;
  #monotonicMs = 0;
  #serial = 0;
  readonly #timers = new Set<Timer>();

  constructor(nowMs = 1_700_000_000_000) {
    this.#wallMs = nowMs;
  }

  /** Timers that wait. */
  get pendingCount(): number {
    return this.#timers.size;
  }

  nowMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  after(delayMs: number, call: () => void): () => void {
    return this.#add({ dueMs: this.#monotonicMs + delayMs, periodMs: null, serial: this.#serial++, call });
  }

  every(periodMs: number, call: () => void): () => void {
    return this.#add({ dueMs: this.#monotonicMs + periodMs, periodMs, serial: this.#serial++, call });
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => { this.after(delayMs, resolve); });
  }

  /** Sets the wall clock, as a user or a time server does. */
  setWall(nowMs: number): void {
    this.#wallMs = nowMs;
  }

  /** Moves on, calls what falls due, and lets promises settle in between. */
  async advance(byMs: number): Promise<void> {
    const endMs = this.#monotonicMs + byMs;
    for (let next = this.#nextUntil(endMs); next !== null; next = this.#nextUntil(endMs)) {
      this.#wallMs += next.dueMs - this.#monotonicMs;
      this.#monotonicMs = next.dueMs;
      this.#timers.delete(next);
      if (next.periodMs !== null) this.#timers.add({ ...next, dueMs: next.dueMs + next.periodMs });
      next.call();
      await settle();
    }
    this.#wallMs += endMs - this.#monotonicMs;
    this.#monotonicMs = endMs;
    await settle();
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => { for (const one of this.#timers) if (one.serial === timer.serial) this.#timers.delete(one); };
  }

  #nextUntil(endMs: number): Timer | null {
    return [...this.#timers].filter(({ dueMs }) => dueMs <= endMs).toSorted((a, b) => a.dueMs - b.dueMs || a.serial - b.serial)[0] ?? null;
  }
}

/** Lets every promise that can settle do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}
