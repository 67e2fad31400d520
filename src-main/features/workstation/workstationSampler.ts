import type { WorkstationReading } from '#contract/workstation.ts';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import type { Logger } from '../../base/logger.ts';
import type { WorkstationProbe } from '../../platform/workstation/workstationProbe.ts';

/** Reads CPU, memory and disk once a second, but only while somebody listens. */
export class WorkstationSampler {
  readonly #deps: { probe: WorkstationProbe; clock: Clock; log: Logger };
  readonly #didRead = new Emitter<WorkstationReading>();
  #stopTicking: (() => void) | null = null;
  #reading: Promise<void> | null = null;
  #last: WorkstationReading | null = null;

  readonly onDidRead = this.#didRead.event;

  constructor(deps: { probe: WorkstationProbe; clock: Clock; log: Logger }) {
    this.#deps = deps;
  }

  get last(): WorkstationReading | null {
    return this.#last;
  }

  start({ periodMs = 1_000 }: { periodMs?: number } = {}): void {
    this.#stopTicking ??= this.#deps.clock.every(periodMs, () => {
      if (this.#didRead.hasListeners) this.#reading ??= this.#read();
    });
  }

  /** Resolves once no reading is under way. */
  async stop(): Promise<void> {
    this.#stopTicking?.();
    this.#stopTicking = null;
    await this.#reading;
  }

  async #read(): Promise<void> {
    const { probe, clock, log } = this.#deps;
    try {
      const { cpuPercent, ...facts } = await probe.read();
      this.#last = { takenAtMs: clock.nowMs(), coreCount: probe.coreCount, cpuPercent: cpuPercent ?? 0, ...facts };
      this.#didRead.fire(this.#last);
    } catch (error) {
      log.error('workstation.read_failed', { error });
    } finally {
      this.#reading = null;
    }
  }
}
