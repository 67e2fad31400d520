import { ACK_EVERY_BYTES, encodeFrame, getChannelId, parseTerminalFrame } from '#contract/terminalFrames.ts';
import type { AttachedPayload, ClosedReason, ExitPayload, TerminalFrame } from '#contract/terminalFrames.ts';
import type { FramePort } from '../../client/frames.ts';

const RETRY_AFTER_MS = 1_000;
const INPUT_BYTES = 32 * 1024;
let lastChannelId = 0;

/** What a channel tells of its terminal beside its bytes. */
export type ChannelEvent =
  | { kind: 'attached'; payload: AttachedPayload }
  /** A replay has been drawn: the screen is as the program sees it. */
  | { kind: 'drawn' }
  | { kind: 'exit'; payload: ExitPayload }
  | { kind: 'closed'; reason: ClosedReason }
  /** The connection broke; it attaches again by itself. */
  | { kind: 'lost' };

export interface ChannelDeps {
  frames: FramePort;
  terminalId: string;
  getSize: () => { columns: number; rows: number };
  /** Draws bytes; `onDrawn` is called once they have been processed. */
  write: (bytes: Uint8Array, onDrawn: () => void) => void;
  onEvent: (event: ChannelEvent) => void;
  after: (delayMs: number, callback: () => void) => () => void;
}

/** One window's subscription to one terminal: attaches, acknowledges exactly what was drawn, and attaches again after every break. */
export class TerminalChannel {
  readonly #deps: ChannelDeps;
  readonly #ends: (() => void)[] = [];
  #channelId = 0;
  #unackedBytes = 0;
  #cancelRetry: (() => void) | null = null;

  constructor(deps: ChannelDeps) {
    this.#deps = deps;
  }

  open(): void {
    const { frames, onEvent } = this.#deps;
    if (this.#ends.length > 0) return;
    this.#ends.push(
      frames.onFrame((frame) => { if (getChannelId(frame) === this.#channelId) this.#take(parseTerminalFrame(frame)); }),
      frames.onOpen(() => { this.#attach(); }),
      frames.onClose(() => { onEvent({ kind: 'lost' }); }),
    );
    if (frames.isOpen) this.#attach();
  }

  /** Sends what was typed, in pieces that leave room for others. */
  send(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += INPUT_BYTES) {
      this.#deps.frames.send(encodeFrame({ kind: 'input', channelId: this.#channelId, bytes: bytes.subarray(at, at + INPUT_BYTES) }));
    }
  }

  dispose(): void {
    if (this.#ends.length === 0) return;
    for (const end of this.#ends.splice(0)) end();
    this.#cancelRetry?.();
    this.#deps.frames.send(encodeFrame({ kind: 'detach', channelId: this.#channelId }));
    this.#channelId = 0;
  }

  #attach(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#unackedBytes = 0;
    this.#channelId = lastChannelId += 1;
    const { terminalId, getSize, frames } = this.#deps;
    frames.send(encodeFrame({ kind: 'attach', channelId: this.#channelId, payload: { terminalId, ...getSize() } }));
  }

  #take(frame: TerminalFrame): void {
    const { onEvent, after } = this.#deps;
    switch (frame.kind) {
      case 'attached':
      case 'exit': onEvent(frame); return;
      case 'replay':
      case 'data': this.#draw(frame.kind, frame.bytes); return;
      case 'closed': {
        const { reason } = frame.payload;
        if (reason === 'host_unavailable') this.#cancelRetry = after(RETRY_AFTER_MS, () => { this.#attach(); });
        onEvent({ kind: 'closed', reason });
      }
    }
  }

  #draw(kind: 'replay' | 'data', bytes: Uint8Array): void {
    const channelId = this.#channelId;
    this.#deps.write(bytes, () => {
      if (channelId !== this.#channelId) return;
      this.#acknowledge(bytes.length);
      if (kind === 'replay') this.#deps.onEvent({ kind: 'drawn' });
    });
  }

  #acknowledge(drawnBytes: number): void {
    this.#unackedBytes += drawnBytes;
    if (this.#unackedBytes < ACK_EVERY_BYTES) return;
    this.#deps.frames.send(encodeFrame({ kind: 'ack', channelId: this.#channelId, processedBytes: this.#unackedBytes }));
    this.#unackedBytes = 0;
  }
}
