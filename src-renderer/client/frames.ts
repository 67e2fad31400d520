import type { Subscribe } from '../base/signal.ts';

/**
 * The binary channel of terminal frames (contract/terminalFrames.ts) beside the calls. It outlives reconnects: after
 * `onOpen` every terminal has to be attached again.
 */
export interface FramePort {
  readonly isOpen: boolean;
  /** Sends one frame; what is sent while the channel is closed is dropped. */
  send(frame: Uint8Array): void;
  readonly onFrame: Subscribe<Uint8Array>;
  readonly onOpen: Subscribe<void>;
  readonly onClose: Subscribe<void>;
}
