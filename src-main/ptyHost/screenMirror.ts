import headless from '@xterm/headless';
import serializeAddon from '@xterm/addon-serialize';
import type { ByteRing } from './byteRing.ts';
import { findResumePoint, findSafeCut } from './safeCut.ts';
import { TrackedModes } from './trackedModes.ts';

const SLICE_BYTES = 16 * 1024;
/** Something unfinished that is longer than this is fed as it is: a picture, or bytes that are no terminal output. */
const MAX_UNFINISHED_BYTES = 256 * 1024;
/** Where reading goes on after the mirror could not keep up: enough for the screen and its scrollback. */
const RESUME_BEFORE_END_BYTES = 512 * 1024;
/** Ends whatever the window's parser was in the middle of, and resets it. */
const CLEAN_START = '\x18\x1bc';

/** The screen as a program sees it, kept by a terminal without a window that reads the ring behind the PTY. */
export class ScreenMirror {
  readonly #ring: ByteRing;
  readonly #terminal: headless.Terminal;
  readonly #serializer = new serializeAddon.SerializeAddon();
  readonly #modes: TrackedModes;
  #offset = 0;
  #isFeeding = false;
  /** The ring's end when there was nothing whole to read before it. */
  #stalledAtOffset = 0;
  #isDisposed = false;
  #hasRung = false;
  #title = '';

  constructor({ ring, columns, rows, scrollbackLines, onReply }: {
    ring: ByteRing; columns: number; rows: number; scrollbackLines: number; onReply: (reply: string) => void;
  }) {
    this.#ring = ring;
    this.#terminal = new headless.Terminal({ cols: columns, rows, scrollback: scrollbackLines, allowProposedApi: true, logLevel: 'off' });
    this.#terminal.loadAddon(this.#serializer);
    this.#modes = new TrackedModes(this.#terminal);
    this.#terminal.onTitleChange((title) => { this.#title = title; });
    this.#terminal.onBell(() => { this.#hasRung = true; });
    this.#terminal.onData(onReply);
  }

  /** How far the ring has been read; between `feed`s always a safe cut. */
  get offset(): number {
    return this.#offset;
  }

  get isFeeding(): boolean {
    return this.#isFeeding;
  }

  /** Whether it shows all there is, save perhaps the beginning of a sequence. */
  get isCaughtUp(): boolean {
    return !this.#isFeeding && this.#stalledAtOffset === this.#ring.endOffset;
  }

  get title(): string {
    return this.#title;
  }

  get size(): { columns: number; rows: number } {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows };
  }

  /** Whether it rang since this was asked last. */
  takeBell(): boolean {
    const hasRung = this.#hasRung;
    this.#hasRung = false;
    return hasRung;
  }

  /** Reads one slice and calls back once the screen shows it. False when there is nothing to read yet. */
  feed(onDone: () => void): boolean {
    const slice = this.#isDisposed ? null : this.#nextSlice();
    if (slice === null) {
      this.#stalledAtOffset = this.#ring.endOffset;
      return false;
    }
    this.#isFeeding = true;
    this.#terminal.write(slice, () => {
      this.#offset += slice.length;
      this.#isFeeding = false;
      if (this.#isDisposed) this.#terminal.dispose();
      onDone();
    });
    return true;
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    this.#modes.forgetMargins();
  }

  /** The screen with scrollback and modes as output that rebuilds it from any state. Only while not feeding. */
  snapshot(): Buffer {
    return Buffer.from(`${CLEAN_START}${this.#serializer.serialize()}${this.#modes.serialize()}`);
  }

  /** Ends after the slice that is being read, so that whoever waits for it is called. */
  dispose(): void {
    this.#isDisposed = true;
    if (!this.#isFeeding) this.#terminal.dispose();
  }

  #nextSlice(): Buffer | null {
    if (this.#offset < this.#ring.startOffset) this.#skipAhead();
    for (let bytes = SLICE_BYTES; ; bytes *= 4) {
      const slice = this.#ring.read(this.#offset, bytes);
      const cut = findSafeCut(slice);
      if (cut > 0) return slice.subarray(0, cut);
      if (slice.length >= MAX_UNFINISHED_BYTES) return slice;
      if (slice.length < bytes) return null;
    }
  }

  #skipAhead(): void {
    const from = Math.max(this.#ring.startOffset, this.#ring.endOffset - RESUME_BEFORE_END_BYTES);
    this.#offset = from + findResumePoint(this.#ring.read(from, SLICE_BYTES));
  }
}
