import type { Clock } from '../../../base/clock.ts';
import type { EngineHealth } from '../engines/enginePort.ts';
import { TIMING } from './timing.ts';

interface SilenceDeps {
  readonly clock: Clock;
  readonly readHealth: () => Promise<EngineHealth>;
  /** When those who run on it last heard of it, at the earliest when they began; null while nobody does. */
  readonly getHeardAtMs: () => number | null;
  readonly onDidHang: () => void;
}

/** Rule 15: notices an engine that lives and does nothing. Whoever sends nothing for long is asked for its health, and has several tries. */
export class SilenceWatch {
  readonly #deps: SilenceDeps;
  #signAtMs = Number.NEGATIVE_INFINITY;
  #silentCount = 0;
  #isAsking = false;

  constructor(deps: SilenceDeps) {
    this.#deps = deps;
  }

  /** It said something by itself. */
  noteSign(): void {
    this.#signAtMs = this.#deps.clock.monotonicMs();
  }

  /** Asks if it is time to; to be called every few seconds. */
  async look(): Promise<void> {
    if (this.#isAsking) return;
    if (!this.#isQuiet()) { this.#silentCount = 0; return; }
    this.#isAsking = true;
    const { kind } = await this.#deps.readHealth();
    this.#isAsking = false;
    if (kind !== 'silent') { this.noteSign(); return; }
    this.#silentCount += 1;
    if (this.#silentCount >= TIMING.silentLimit && this.#isQuiet()) this.#deps.onDidHang();
  }

  #isQuiet(): boolean {
    const { clock, getHeardAtMs } = this.#deps;
    const heardAtMs = getHeardAtMs();
    return heardAtMs !== null && clock.monotonicMs() - Math.max(heardAtMs, this.#signAtMs) >= TIMING.silentMs;
  }
}
