import type { Clock } from '../base/clock.ts';
import type { ScreenMirror } from './screenMirror.ts';

/** While output flows, a slice is followed by this many times its length of rest. */
const REST_FACTOR = 4;
/** Output counts as flowing for this long after the last of it. */
const FLOWING_MS = 10;

/**
 * Feeds the mirrors of all terminals one slice at a time in turn. While output flows it rests after each slice, so that
 * parsing never holds up draining nor takes the processor from a window; it catches up when the output pauses.
 */
export class MirrorScheduler {
  readonly #clock: Clock;
  readonly #waiting = new Map<ScreenMirror, () => void>();
  #isBusy = false;
  #lastOutputAtMs = -Infinity;

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock;
  }

  /** There is output to read: feeds the mirror until it has read everything; `onDidFeed` runs after each slice. */
  wake(mirror: ScreenMirror, onDidFeed: () => void): void {
    this.#lastOutputAtMs = this.#clock.monotonicMs();
    this.#waiting.set(mirror, onDidFeed);
    this.#feedNext();
  }

  forget(mirror: ScreenMirror): void {
    this.#waiting.delete(mirror);
  }

  #feedNext(): void {
    if (this.#isBusy) return;
    for (const [mirror, onDidFeed] of this.#waiting) {
      this.#waiting.delete(mirror);
      const startedAtMs = this.#clock.monotonicMs();
      this.#isBusy = mirror.feed(() => {
        this.#waiting.set(mirror, onDidFeed);
        this.#rest(this.#clock.monotonicMs() - startedAtMs);
        onDidFeed();
      });
      if (this.#isBusy) return;
      onDidFeed();
    }
  }

  #rest(sliceMs: number): void {
    const goOn = (): void => {
      this.#isBusy = false;
      this.#feedNext();
    };
    const isFlowing = this.#clock.monotonicMs() - this.#lastOutputAtMs < FLOWING_MS;
    if (isFlowing) this.#clock.after(sliceMs * REST_FACTOR, goOn);
    else queueMicrotask(goOn);
  }
}
