import type { ScreenMirror } from './screenMirror.ts';

/** Feeds the mirrors of all terminals one slice at a time in turn, so that parsing never holds up draining for long. */
export class MirrorScheduler {
  readonly #waiting = new Map<ScreenMirror, () => void>();
  #isBusy = false;

  /** Asks for the mirror to be fed until it has read everything; `onDidFeed` runs after each slice. */
  wake(mirror: ScreenMirror, onDidFeed: () => void): void {
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
      this.#isBusy = mirror.feed(() => {
        this.#isBusy = false;
        this.wake(mirror, onDidFeed);
        onDidFeed();
      });
      if (this.#isBusy) return;
      onDidFeed();
    }
  }
}
