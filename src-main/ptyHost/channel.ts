import type { Clock } from '../base/clock.ts';
import { encodeFrame, FRAME_HEADER_BYTES, HIGH_WATER_BYTES, LOW_WATER_BYTES } from '#contract/terminalFrames.ts';
import type { TerminalFrame } from '#contract/terminalFrames.ts';
import type { ByteRing } from './byteRing.ts';
import { findResumePoint } from './safeCut.ts';

/** Output is gathered this long, or until there is a chunk of it; the first after a pause goes out at once. */
const GATHER_MS = 5;
const CHUNK_BYTES = 32 * 1024;
/** Where a window that could not follow goes on until there is time for a fresh replay. */
const JUMP_BEFORE_END_BYTES = 64 * 1024;
const ABORT_SEQUENCE = Buffer.of(0x18);

/** What a channel reads of its terminal. */
export interface ChannelSource {
  readonly ring: ByteRing;
  readonly isOver: boolean;
  /** Whether the mirror has read all there is to read for now. */
  readonly isMirrorCaughtUp: boolean;
  /** The screen at an offset, null while the mirror is in the middle of a slice: `onDidFeedMirror` tells when to ask again. */
  snapshot(): { bytes: Buffer; offset: number } | null;
  /** The frame that says how it ended. */
  toExitFrame(channelId: number): TerminalFrame;
  toAttachedFrame(channelId: number): TerminalFrame;
}

type State =
  /** No screen has been sent yet. */
  | { kind: 'attaching' }
  /** Every byte since the last replay has been sent. */
  | { kind: 'exact' }
  /** Output was skipped because the window is slow; a replay puts it right when the output pauses. */
  | { kind: 'skipped' }
  | { kind: 'ended' };

/** One window's subscription: a replay, then everything from the replay's offset on, as fast as the window acknowledges. */
export class Channel {
  readonly #deps: { channelId: number; source: ChannelSource; clock: Clock; send: (frame: Uint8Array) => void };
  #state: State = { kind: 'attaching' };
  #offset = 0;
  #unackedBytes = 0;
  #isBlocked = false;
  #lastFlushAtMs = -Infinity;
  #cancelFlush: (() => void) | null = null;

  constructor(deps: { channelId: number; source: ChannelSource; clock: Clock; send: (frame: Uint8Array) => void }) {
    this.#deps = deps;
  }

  /** There is new output. */
  wake(): void {
    if (this.#isBlocked || this.#state.kind === 'ended') return;
    if (this.#state.kind !== 'attaching' && this.#deps.source.ring.endOffset - this.#offset >= CHUNK_BYTES) this.flush();
    else if (this.#cancelFlush === null) this.#scheduleFlush();
  }

  #scheduleFlush(): void {
    const sinceMs = this.#deps.clock.monotonicMs() - this.#lastFlushAtMs;
    if (sinceMs >= GATHER_MS) {
      const immediate = setImmediate(() => { this.flush(); });
      this.#cancelFlush = () => { clearImmediate(immediate); };
    } else {
      this.#cancelFlush = this.#deps.clock.after(GATHER_MS - sinceMs, () => { this.flush(); });
    }
  }

  /** The mirror has read on: what waited for a replay may have it now. */
  onDidFeedMirror(): void {
    if (this.#state.kind === 'attaching' || this.#state.kind === 'skipped') this.wake();
  }

  acknowledge(processedBytes: number): void {
    this.#unackedBytes = Math.max(0, this.#unackedBytes - processedBytes);
    if (!this.#isBlocked || this.#unackedBytes > LOW_WATER_BYTES) return;
    this.#isBlocked = false;
    this.flush();
  }

  /** Sends what may be sent now. */
  flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    this.#lastFlushAtMs = this.#deps.clock.monotonicMs();
    if (this.#state.kind === 'ended') return;
    if (this.#state.kind === 'attaching') this.#replay();
    else this.#sendData();
    if (this.#state.kind === 'skipped' && this.#hasSentAll() && this.#deps.source.isMirrorCaughtUp) this.#replay();
    this.#endIfOver();
  }

  dispose(): void {
    this.#state = { kind: 'ended' };
    this.#cancelFlush?.();
    this.#cancelFlush = null;
  }

  #hasSentAll(): boolean {
    return !this.#isBlocked && this.#offset === this.#deps.source.ring.endOffset;
  }

  #replay(): void {
    const { channelId, source } = this.#deps;
    const screen = source.snapshot();
    if (screen === null) return;
    if (this.#state.kind === 'attaching') this.#deps.send(encodeFrame(source.toAttachedFrame(channelId)));
    this.#sendCounted(encodeFrame({ kind: 'replay', channelId, bytes: screen.bytes }));
    this.#offset = screen.offset;
    this.#state = { kind: 'exact' };
    this.#sendData();
  }

  #sendData(): void {
    const { ring } = this.#deps.source;
    while (!this.#isBlocked && this.#offset < ring.endOffset) {
      if (this.#offset < ring.startOffset) this.#jump();
      const frame = ring.read(this.#offset, CHUNK_BYTES, FRAME_HEADER_BYTES);
      this.#offset += frame.length - FRAME_HEADER_BYTES;
      this.#sendCounted(sealDataFrame(frame, this.#deps.channelId));
    }
  }

  #jump(): void {
    const { ring } = this.#deps.source;
    const from = Math.max(ring.startOffset, ring.endOffset - JUMP_BEFORE_END_BYTES);
    this.#offset = from + findResumePoint(ring.read(from, CHUNK_BYTES));
    this.#state = { kind: 'skipped' };
    this.#sendCounted(encodeFrame({ kind: 'data', channelId: this.#deps.channelId, bytes: ABORT_SEQUENCE }));
  }

  #sendCounted(frame: Uint8Array): void {
    this.#unackedBytes += frame.length - FRAME_HEADER_BYTES;
    this.#isBlocked = this.#unackedBytes >= HIGH_WATER_BYTES;
    this.#deps.send(frame);
  }

  #endIfOver(): void {
    if (this.#state.kind !== 'exact' || !this.#deps.source.isOver || !this.#hasSentAll()) return;
    this.#deps.send(encodeFrame(this.#deps.source.toExitFrame(this.#deps.channelId)));
    this.#state = { kind: 'ended' };
  }
}

const DATA_HEADER = encodeFrame({ kind: 'data', channelId: 0, bytes: new Uint8Array(0) });

function sealDataFrame(frame: Buffer, channelId: number): Buffer {
  frame.set(DATA_HEADER);
  frame.writeUInt32LE(channelId, 1);
  return frame;
}
