import { invariant } from '../../../base/invariant.ts';
import type { Clock } from '../../../base/clock.ts';
import type { SlotRequest } from './schedulerPort.ts';

type Holder = Pick<SlotRequest, 'signal' | 'getHeardAtMs'>;
interface Slot { readonly abort: AbortController; readonly holder: Holder }

/** Who runs on one load, and since when its engine has owed them an answer. */
export class HeldSlots {
  readonly #clock: Clock;
  readonly #slots = new Map<string, Slot>();
  #owesSinceMs: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Since when the engine has sent nothing though it was asked, whoever has given up meanwhile; null while it owes nothing. */
  get silentSinceMs(): number | null {
    if (this.#owesSinceMs === null) return null;
    return Math.max(this.#owesSinceMs, ...this.#slots.values().map(({ holder }) => holder.getHeardAtMs?.() ?? Number.NEGATIVE_INFINITY));
  }

  signalOf(requestId: string): AbortSignal {
    const slot = this.#slots.get(requestId);
    invariant(slot !== undefined, 'a slot is signalled while it is held');
    return slot.abort.signal;
  }

  take(requestId: string, holder: Holder): void {
    this.#slots.set(requestId, { abort: new AbortController(), holder });
    this.#owesSinceMs ??= this.#clock.monotonicMs();
  }

  /** Whoever has not given up has been answered. */
  free(requestId: string): void {
    const holder = this.#slots.get(requestId)?.holder;
    if (holder === undefined) return;
    this.#slots.delete(requestId);
    const heardAtMs = holder.signal.aborted ? holder.getHeardAtMs?.() ?? null : this.#clock.monotonicMs();
    if (heardAtMs !== null) this.#noteHeard(heardAtMs);
  }

  /** The engine said something by itself. */
  noteSign(): void {
    this.#noteHeard(this.#clock.monotonicMs());
  }

  abortAll(cause: 'crashed' | 'forced' | 'cancelled'): void {
    for (const { abort } of this.#slots.values()) abort.abort(new Error('the model is gone', { cause }));
    this.#slots.clear();
  }

  #noteHeard(atMs: number): void {
    if (this.#owesSinceMs !== null) this.#owesSinceMs = this.#slots.size === 0 ? null : Math.max(this.#owesSinceMs, atMs);
  }
}
