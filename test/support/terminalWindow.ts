import headless from '@xterm/headless';
import { ACK_EVERY_BYTES, encodeFrame, parseTerminalFrame } from '#contract/terminalFrames.ts';
import type { AttachedPayload, ClosedReason, ExitPayload } from '#contract/terminalFrames.ts';
import type { PtyHost, Relay } from '../../src-main/platform/pty/ptyHost.ts';

/** A window's side of one terminal: it writes what comes into an xterm and acknowledges what was processed. */
export class TerminalWindow {
  readonly #terminal: headless.Terminal;
  readonly #relay: Relay;
  readonly #channelId: number;
  #unackedBytes = 0;
  attached: AttachedPayload | null = null;
  exit: ExitPayload | null = null;
  closed: ClosedReason | null = null;
  replays = 0;
  dataBytes = 0;
  processedBytes = 0;
  /** Runs whenever a piece has been processed. */
  onDidProcess: () => void = () => undefined;
  /** While false the window takes everything and acknowledges nothing, as one that hangs. */
  isAcknowledging = true;

  constructor({ host, terminalId, columns = 80, rows = 24, channelId = 1 }: {
    host: PtyHost; terminalId: string; columns?: number; rows?: number; channelId?: number;
  }) {
    this.#terminal = new headless.Terminal({ cols: columns, rows, scrollback: 5_000, allowProposedApi: true, logLevel: 'off' });
    this.#channelId = channelId;
    this.#relay = host.openRelay((frame) => { this.#take(frame); });
    this.#relay.receive(encodeFrame({ kind: 'attach', channelId, payload: { terminalId, columns, rows } }));
  }

  type(text: string): void {
    this.#relay.receive(encodeFrame({ kind: 'input', channelId: this.#channelId, bytes: Buffer.from(text) }));
  }

  acknowledge(): void {
    const processedBytes = this.#unackedBytes;
    this.#unackedBytes = 0;
    this.#relay.receive(encodeFrame({ kind: 'ack', channelId: this.#channelId, processedBytes }));
  }

  get terminal(): headless.Terminal {
    return this.#terminal;
  }

  /** All lines with the scrollback, without trailing blanks. */
  text(): string {
    return this.#textFrom(0);
  }

  /** What is on the screen. */
  screen(): string {
    return this.#textFrom(this.#terminal.buffer.active.baseY);
  }

  close(): void {
    this.#relay.dispose();
    this.#terminal.dispose();
  }

  #textFrom(first: number): string {
    const buffer = this.#terminal.buffer.active;
    const lines = Array.from({ length: buffer.length - first }, (_, index) => buffer.getLine(first + index)?.translateToString(true) ?? '');
    return lines.join('\n').trimEnd();
  }

  #take(bytes: Uint8Array): void {
    const frame = parseTerminalFrame(bytes);
    if (frame.kind === 'attached') this.attached = frame.payload;
    else if (frame.kind === 'exit') this.exit = frame.payload;
    else if (frame.kind === 'closed') this.closed = frame.payload.reason;
    else {
      if (frame.kind === 'replay') this.replays += 1;
      else this.dataBytes += frame.bytes.length;
      this.#terminal.write(frame.bytes, () => { this.#didProcess(frame.bytes.length); });
    }
  }

  #didProcess(bytes: number): void {
    this.processedBytes += bytes;
    this.#unackedBytes += bytes;
    this.onDidProcess();
    if (this.isAcknowledging && this.#unackedBytes >= ACK_EVERY_BYTES) this.acknowledge();
  }
}
