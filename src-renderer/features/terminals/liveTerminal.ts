import { bytesOfText, bytesOfBinary } from './inputBytes.ts';
import { TerminalChannel } from './terminalChannel.ts';
import type { ChannelEvent } from './terminalChannel.ts';
import { TerminalScreen } from './terminalScreen.ts';
import type { ScreenOptions } from './terminalScreen.ts';
import type { FramePort } from '../../client/frames.ts';

/** A drag of the split sends one size, not hundreds. */
const RESIZE_AFTER_MS = 100;

export interface LiveTerminalOptions extends ScreenOptions {
  frames: FramePort;
  terminalId: string;
  onEvent: (event: ChannelEvent) => void;
  onResize: (size: { columns: number; rows: number }) => void;
}

/** A screen joined to its terminal: bytes in, keys out, sizes both ways. Attached from its making until `dispose`. */
export class LiveTerminal {
  readonly screen: TerminalScreen;
  readonly #options: LiveTerminalOptions;
  readonly #channel: TerminalChannel;
  readonly #sizes: ResizeObserver;
  #resizeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LiveTerminalOptions) {
    this.#options = options;
    this.screen = new TerminalScreen(options);
    const { terminal } = this.screen;
    this.#channel = new TerminalChannel({
      frames: options.frames,
      terminalId: options.terminalId,
      getSize: () => this.screen.size,
      write: (bytes, onDrawn) => { terminal.write(bytes, onDrawn); },
      onEvent: options.onEvent,
      after: (delayMs, callback) => {
        const timer = setTimeout(callback, delayMs);
        return () => { clearTimeout(timer); };
      },
    });
    terminal.onData((text) => { this.#channel.send(bytesOfText(text)); });
    terminal.onBinary((text) => { this.#channel.send(bytesOfBinary(text)); });
    terminal.onResize(() => { this.#tellSize(); });
    // Where several windows show one terminal, the one in use decides its size.
    terminal.textarea?.addEventListener('focus', () => { this.#tellSize(); });
    this.#sizes = new ResizeObserver(() => { this.screen.fit(); });
    this.#sizes.observe(options.container);
    this.#channel.open();
  }

  /** Pastes as a terminal does: bracketed when the program asked for it. */
  paste(text: string): void {
    this.screen.terminal.paste(text);
  }

  dispose(): void {
    clearTimeout(this.#resizeTimer);
    this.#sizes.disconnect();
    this.#channel.dispose();
    this.screen.dispose();
  }

  #tellSize(): void {
    clearTimeout(this.#resizeTimer);
    this.#resizeTimer = setTimeout(() => { this.#options.onResize(this.screen.size); }, RESIZE_AFTER_MS);
  }
}
