import type { Clock } from '../../base/clock.ts';
import type { ReadGate } from './upstream.ts';

/** A piece of a stream waits no longer than this before it is read. */
export const READ_ROUND_MS = 4;
/** So many streams at once are read in rounds; fewer as they come. */
export const FEWEST_STREAMS = 4;
/** A stream without a piece for so long does not count. */
const RECENT_MS = 10;
/** The first pieces of each stream are read as they come: the headers, the role, the first words. */
const AT_ONCE = 4;

/**
 * Reads many fast streams at the same moments. Each piece that is read by itself wakes this process and stops an engine that
 * computes on the same processor, which costs both more than the piece does.
 */
export class ReadRounds {
  readonly #clock: Pick<Clock, 'after' | 'monotonicMs'>;
  readonly #streams = new Map<ReadGate, { pieces: number; heardAtMs: number }>();
  readonly #held = new Set<ReadGate>();

  constructor(clock: Pick<Clock, 'after' | 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** A piece of a stream has been read: where there are many, the next is read in the next round. */
  notePiece(gate: ReadGate): void {
    const nowMs = this.#clock.monotonicMs();
    const pieces = (this.#streams.get(gate)?.pieces ?? 0) + 1;
    this.#streams.set(gate, { pieces, heardAtMs: nowMs });
    if (pieces > AT_ONCE && this.#countRecent(nowMs) >= FEWEST_STREAMS) this.#hold(gate);
  }

  /** At the end of a stream: what is left is read as it comes. */
  forget(gate: ReadGate): void {
    this.#streams.delete(gate);
    if (this.#held.delete(gate)) gate.release();
  }

  #countRecent(nowMs: number): number {
    let count = 0;
    for (const { heardAtMs } of this.#streams.values()) if (nowMs - heardAtMs <= RECENT_MS) count += 1;
    return count;
  }

  #hold(gate: ReadGate): void {
    gate.hold();
    if (this.#held.size === 0) this.#clock.after(READ_ROUND_MS, () => { this.#releaseAll(); });
    this.#held.add(gate);
  }

  #releaseAll(): void {
    const gates = [...this.#held];
    this.#held.clear();
    for (const gate of gates) gate.release();
  }
}
