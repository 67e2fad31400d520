import type { GpuReading } from '#contract/gpus.ts';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import type { Logger } from '../../base/logger.ts';
import type { GpuProbe } from '../../platform/gpu/gpuProbe.ts';

const WATCHED_MS = 1_000;
const UNWATCHED_MS = 5_000;
const ABSENT_MS = 60_000;
/** A timer may fire a little early or late; a second is still a second. */
const SLACK_MS = 100;

/**
 * Reads the GPUs once a second while somebody watches, every five seconds otherwise, once a minute where there are none; never
 * twice at once. Periods are measured on the monotonic clock: a machine that slept, or whose clock was set, gets one reading.
 */
export class GpuSampler {
  readonly #deps: { probe: GpuProbe; clock: Clock; log: Logger };
  readonly #didRead = new Emitter<GpuReading>();
  #stopTicking: (() => void) | null = null;
  #reading: Promise<GpuReading> | null = null;
  #last: GpuReading | null = null;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #watchers = 0;

  readonly onDidRead = this.#didRead.event;

  constructor(deps: { probe: GpuProbe; clock: Clock; log: Logger }) {
    this.#deps = deps;
  }

  /** The last reading, null before the first. */
  get last(): GpuReading | null {
    return this.#last;
  }

  /** Reads at once, then on the clock; twice is harmless. */
  start(): void {
    if (this.#stopTicking !== null) return;
    this.#stopTicking = this.#deps.clock.every(WATCHED_MS, () => { this.#readIfDue(); });
    this.#readIfDue();
  }

  /** Resolves once no reading is under way and the probe has ended. */
  async stop(): Promise<void> {
    this.#stopTicking?.();
    this.#stopTicking = null;
    await this.#reading;
    await this.#deps.probe.stop?.();
  }

  /** Says that a window looks at the readings; end it by the returned function. What only listens for itself does not count. */
  watch(): () => void {
    let isWatching = true;
    this.#watchers += 1;
    return () => {
      if (!isWatching) return;
      isWatching = false;
      this.#watchers -= 1;
    };
  }

  /** The last reading, or the first one. */
  async latest(): Promise<GpuReading> {
    return this.#last ?? this.read();
  }

  /** A fresh reading; a call while one is under way gets that one. */
  read(): Promise<GpuReading> {
    this.#reading ??= this.#read().finally(() => { this.#reading = null; });
    return this.#reading;
  }

  #readIfDue(): void {
    if (this.#deps.clock.monotonicMs() - this.#readAtMs < this.#periodMs() - SLACK_MS) return;
    this.read().catch((error: unknown) => { this.#deps.log.error('gpu.read_failed', { error }); });
  }

  #periodMs(): number {
    if (this.#last?.state === 'absent') return ABSENT_MS;
    return this.#watchers > 0 ? WATCHED_MS : UNWATCHED_MS;
  }

  async #read(): Promise<GpuReading> {
    const { probe, clock } = this.#deps;
    this.#readAtMs = clock.monotonicMs();
    const facts = await probe.read();
    this.#last = { ...facts, takenAtMs: clock.nowMs() };
    this.#didRead.fire(this.#last);
    return this.#last;
  }
}
