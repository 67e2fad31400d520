import type { Clock } from '../../../base/clock.ts';
import type { EngineHealth } from '../engines/enginePort.ts';
import type { HeldSlots } from './heldSlots.ts';
import { TIMING } from './timing.ts';

interface SilenceDeps {
  readonly clock: Clock;
  readonly readHealth: () => Promise<EngineHealth>;
  readonly slots: Pick<HeldSlots, 'silentSinceMs' | 'noteSign'>;
  readonly onDidHang: () => void;
}

/** Rule 15: notices an engine that lives and does nothing. Whoever sends nothing for long is asked for its health, and has several tries. */
export class SilenceWatch {
  readonly #deps: SilenceDeps;
  #silentCount = 0;
  #isAsking = false;

  constructor(deps: SilenceDeps) {
    this.#deps = deps;
  }

  /** Asks if it is time to; to be called every few seconds. */
  async look(): Promise<void> {
    if (this.#isAsking) return;
    if (!this.#isQuiet()) { this.#silentCount = 0; return; }
    this.#isAsking = true;
    const { kind } = await this.#deps.readHealth();
    this.#isAsking = false;
    if (kind !== 'silent') { this.#deps.slots.noteSign(); return; }
    this.#silentCount += 1;
    if (this.#silentCount >= TIMING.silentLimit && this.#isQuiet()) this.#deps.onDidHang();
  }

  #isQuiet(): boolean {
    const { clock, slots: { silentSinceMs } } = this.#deps;
    return silentSinceMs !== null && clock.monotonicMs() - silentSinceMs >= TIMING.silentMs;
  }
}
