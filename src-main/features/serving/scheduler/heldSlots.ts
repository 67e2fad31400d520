import type { Clock } from '../../../base/clock.ts';
import type { SlotLoss, SlotRequest } from './schedulerPort.ts';

type Holder = Pick<SlotRequest, 'signal' | 'getHeardAtMs' | 'onLost'>;

/** Who runs on one load, and since when its engine has owed them an answer. */
export class HeldSlots {
  readonly #clock: Clock;
  readonly #holders = new Map<string, Holder>();
  #owesSinceMs: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Since when the engine has sent nothing though it was asked, whoever has given up meanwhile; null while it owes nothing. */
  get silentSinceMs(): number | null {
    if (this.#owesSinceMs === null) return null;
    return Math.max(this.#owesSinceMs, ...this.#holders.values().map(({ getHeardAtMs }) => getHeardAtMs?.() ?? Number.NEGATIVE_INFINITY));
  }

  take(requestId: string, holder: Holder): void {
    this.#holders.set(requestId, holder);
    this.#owesSinceMs ??= this.#clock.monotonicMs();
  }

  /** Whoever has not given up has been answered. */
  free(requestId: string): void {
    const holder = this.#holders.get(requestId);
    if (holder === undefined) return;
    this.#holders.delete(requestId);
    const heardAtMs = holder.signal.aborted ? holder.getHeardAtMs?.() ?? null : this.#clock.monotonicMs();
    if (heardAtMs !== null) this.#noteHeard(heardAtMs);
  }

  /** The engine said something by itself. */
  noteSign(): void {
    this.#noteHeard(this.#clock.monotonicMs());
  }

  /** The model is gone. */
  loseAll(cause: SlotLoss): void {
    const holders = [...this.#holders.values()];
    this.#holders.clear();
    for (const { onLost } of holders) onLost?.(cause);
  }

  #noteHeard(atMs: number): void {
    if (this.#owesSinceMs !== null) this.#owesSinceMs = this.#holders.size === 0 ? null : Math.max(this.#owesSinceMs, atMs);
  }
}
