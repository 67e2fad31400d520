import type { Clock } from '../base/clock.ts';
import type { Pty } from '../platform/pty/nodePty.ts';

/** How much a terminal may print in one go while others flood too. */
const SHARE_BYTES = 64 * 1024;
/** Far below the 200 ms after which the rest of an ended child's output would be lost; a kernel buffer is read in one go. */
const REST_MS = 80;
/** So many may flood at full speed. */
const CROWD = 4;
const RECENT_MS = 2 * REST_MS;

/**
 * Keeps many flooding terminals from taking the whole machine, which would starve the one that is typed into: in a
 * crowd each rests shortly after its share. Its child waits meanwhile, as it does for any slow terminal.
 */
export class DrainPacer {
  readonly #clock: Clock;
  readonly #turns = new WeakMap<Pty, { sinceMs: number; bytes: number }>();
  readonly #floodedAtMs = new Map<Pty, number>();

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock;
  }

  /** Counts what a terminal has printed and lets it rest if it has had its share. */
  take(pty: Pty, bytes: number): void {
    const nowMs = this.#clock.monotonicMs();
    const last = this.#turns.get(pty);
    const turn = last === undefined || nowMs - last.sinceMs > REST_MS ? { sinceMs: nowMs, bytes: 0 } : last;
    this.#turns.set(pty, turn);
    turn.bytes += bytes;
    if (turn.bytes < SHARE_BYTES) return;
    this.#turns.delete(pty);
    this.#floodedAtMs.set(pty, nowMs);
    if (this.#countFlooding(nowMs) > CROWD) this.#rest(pty);
  }

  forget(pty: Pty): void {
    this.#floodedAtMs.delete(pty);
  }

  #rest(pty: Pty): void {
    pty.pause();
    this.#clock.after(REST_MS, () => { pty.resume(); });
  }

  #countFlooding(nowMs: number): number {
    for (const [pty, atMs] of this.#floodedAtMs) if (nowMs - atMs > RECENT_MS) this.#floodedAtMs.delete(pty);
    return this.#floodedAtMs.size;
  }
}
