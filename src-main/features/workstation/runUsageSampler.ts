import type { GpuReading } from '#contract/gpus.ts';
import type { RunUsageReading } from '#contract/runUsage.ts';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import type { Logger } from '../../base/logger.ts';
import type { ProcessTable } from '../../platform/process/processTable.ts';
import { summariseRuns, toProcessKey } from './runUsagePolicy.ts';

const PERIOD_MS = 1_000;

interface RunUsageSamplerDeps {
  readonly processes: Pick<ProcessTable, 'findMarked'>;
  /** Whether there may be anything to read; asked before each reading. */
  readonly hasLiveRuns: () => boolean;
  /** The runs of this data folder: another backend's processes carry marks too. */
  readonly listRunIds: () => readonly string[];
  /** The last reading of the GPUs, null before the first. */
  readonly getGpus: () => GpuReading | null;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Reads once a second what each run takes, but only while somebody listens and something runs; never twice at once. */
export class RunUsageSampler {
  readonly #deps: RunUsageSamplerDeps;
  readonly #didRead = new Emitter<RunUsageReading>();
  #stopTicking: (() => void) | null = null;
  #reading: Promise<void> | null = null;
  #last: RunUsageReading | null = null;
  #ticks: ReadonlyMap<string, number> = new Map();
  #readAtMs = 0;

  readonly onDidRead = this.#didRead.event;

  constructor(deps: RunUsageSamplerDeps) {
    this.#deps = deps;
  }

  get last(): RunUsageReading | null {
    return this.#last;
  }

  start(): void {
    this.#stopTicking ??= this.#deps.clock.every(PERIOD_MS, () => { this.#tick(); });
  }

  /** Resolves once no reading is under way. */
  async stop(): Promise<void> {
    this.#stopTicking?.();
    this.#stopTicking = null;
    await this.#reading;
  }

  /** What was read before a pause is forgotten, so that nobody is given it as the present; the end of the last run is told once. */
  #tick(): void {
    if (!this.#didRead.hasListeners) {
      this.#last = null;
      this.#ticks = new Map();
    } else if (this.#deps.hasLiveRuns() || this.#last?.runs.length !== 0) {
      this.#reading ??= this.#read();
    }
  }

  async #read(): Promise<void> {
    const { processes, listRunIds, getGpus, clock, log } = this.#deps;
    try {
      const found = await processes.findMarked();
      const ownIds = new Set(listRunIds());
      const marked = new Map([...found].filter(([mark]) => ownIds.has(mark)));
      const nowMs = clock.monotonicMs();
      const runs = summariseRuns({ marked, ticksBefore: this.#ticks, elapsedMs: nowMs - this.#readAtMs, gpus: getGpus()?.gpus ?? [] });
      this.#ticks = new Map([...marked.values()].flat().map((row) => [toProcessKey(row), row.cpuTicks]));
      this.#readAtMs = nowMs;
      this.#last = { takenAtMs: clock.nowMs(), runs };
      this.#didRead.fire(this.#last);
    } catch (error) {
      log.error('workstation.run_usage_failed', { error });
    } finally {
      this.#reading = null;
    }
  }
}
