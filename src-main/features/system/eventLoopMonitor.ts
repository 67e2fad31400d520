import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from '../../base/clock.ts';

export interface EventLoopDelay { p50: number; p99: number; max: number }

const RESOLUTION_MS = 10;
const WINDOW_MS = 60_000;
const toMs = (nanoseconds: number): number => Math.max(0, Math.round((nanoseconds / 1e6 - RESOLUTION_MS) * 100) / 100);

/** Measures how late the event loop runs, over the last one to two minutes. */
export class EventLoopMonitor {
  readonly #clock: Clock;
  #current: ReturnType<typeof monitorEventLoopDelay> | null = null;
  #previous: EventLoopDelay = { p50: 0, p99: 0, max: 0 };
  #stopTicking: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(): void {
    if (this.#current !== null) return;
    this.#current = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#current.enable();
    this.#stopTicking = this.#clock.every(WINDOW_MS, () => {
      this.#previous = this.#readCurrent();
      this.#current?.reset();
    });
  }

  stop(): void {
    this.#current?.disable();
    this.#current = null;
    this.#stopTicking?.();
    this.#stopTicking = null;
  }

  /** Milliseconds. */
  read(): EventLoopDelay {
    const now = this.#readCurrent();
    return { p50: now.p50, p99: Math.max(now.p99, this.#previous.p99), max: Math.max(now.max, this.#previous.max) };
  }

  #readCurrent(): EventLoopDelay {
    const histogram = this.#current;
    if (histogram === null || histogram.count === 0) return { p50: 0, p99: 0, max: 0 };
    return { p50: toMs(histogram.percentile(50)), p99: toMs(histogram.percentile(99)), max: toMs(histogram.max) };
  }
}
