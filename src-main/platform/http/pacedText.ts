import type { Clock } from '../../base/clock.ts';
import { WritePace } from './writePace.ts';
import type { WriteRounds } from './writeRounds.ts';

/** No more text than this is held back for the next write. */
const MAX_HELD_LETTERS = 16 * 1024;

interface PacedTextOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** When what is held back goes out. */
  readonly rounds: WriteRounds;
  readonly send: (text: string) => void;
}

/** The text of one stream on its way out: pieces that come very fast go together. */
export class PacedText {
  readonly #options: PacedTextOptions;
  readonly #pace = new WritePace();
  readonly #flush = (): void => { this.flush(); };
  #held = '';

  constructor(options: PacedTextOptions) {
    this.#options = options;
  }

  /** Sends a piece with what is held, within a round where pieces come very fast. */
  write(piece: string): void {
    this.hold(piece);
    if (this.#pace.takePiece(this.#options.clock.monotonicMs()) || this.#held.length > MAX_HELD_LETTERS) this.flush();
    else this.flushSoon();
  }

  /** Keeps a piece for what is sent next. */
  hold(piece: string): void {
    this.#held += piece;
  }

  /** Sends what is held within a round, even if it is nothing. */
  flushSoon(): void {
    this.#options.rounds.add(this.#flush);
  }

  flush(): void {
    this.#options.send(this.take());
  }

  /** Hands over what is held; nothing more is sent of itself. */
  take(): string {
    this.#options.rounds.remove(this.#flush);
    const held = this.#held;
    this.#held = '';
    return held;
  }
}
