import type { GpuReading } from '#contract/gpus.ts';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import type { Logger } from '../../base/logger.ts';
import type { GpuProbe } from '../../platform/gpu/gpuProbe.ts';

const LISTENED_MS = 1_000;
const UNLISTENED_MS = 5_000;

/** Reads the GPUs once a second while somebody listens, every five seconds otherwise; never twice at once. */
export class GpuSampler {
  readonly #deps: { probe: GpuProbe; clock: Clock; log: Logger };
  readonly #didRead = new Emitter<GpuReading>();
  #stopTicking: (() => void) | null = null;
  #reading: Promise<GpuReading> | null = null;
  #last: GpuReading | null = null;

  readonly onDidRead = this.#didRead.event;

  constructor(deps: { probe: GpuProbe; clock: Clock; log: Logger }) {
    this.#deps = deps;
  }

  start(): void {
    this.#stopTicking ??= this.#deps.clock.every(LISTENED_MS, () => {
      if (this.#last?.state === 'absent') return;
      const ageMs = this.#deps.clock.nowMs() - (this.#last?.takenAtMs ?? 0);
      if (this.#didRead.hasListeners || ageMs >= UNLISTENED_MS) this.read().catch((error: unknown) => { this.#deps.log.error('gpu.read_failed', { error }); });
    });
  }

  /** Resolves once no reading is under way. */
  async stop(): Promise<void> {
    this.#stopTicking?.();
    this.#stopTicking = null;
    await this.#reading;
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

  async #read(): Promise<GpuReading> {
    const { state, gpus } = await this.#deps.probe.read();
    this.#last = { state, gpus, takenAtMs: this.#deps.clock.nowMs() };
    this.#didRead.fire(this.#last);
    return this.#last;
  }
}
