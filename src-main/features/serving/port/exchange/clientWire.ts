import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { Clock } from '../../../../base/clock.ts';
import { PacedText } from '../../../../platform/http/pacedText.ts';
import type { WriteRounds } from '../../../../platform/http/writeRounds.ts';

/** No more than this passes without a byte while a client of a stream waits. */
const QUIET_MS = 10_000;
/** A client that took nothing for so long has gone without a word, and others wait for its slot. */
const STUCK_MS = 5 * 60_000;
const STREAM_HEADERS = { 'cache-control': 'no-cache', 'x-accel-buffering': 'no' };

interface WireOptions {
  response: ServerResponse;
  clock: Clock;
  /** When what is held back goes out. */
  rounds: WriteRounds;
  requestId: string;
  /** What is written when nothing else is; null where the format has no room for it. */
  keepAlive: string | null;
  /** Written first of all once the headers are out. */
  getOpening: () => string;
  contentType: string;
}

/** The client's side of one request: headers early if it waits long, comments while nothing comes, and never faster than it reads. */
export class ClientWire {
  readonly #options: WireOptions;
  #cancelEarly: (() => void) | null = null;
  #cancelQuiet: (() => void) | null = null;
  readonly #text: PacedText;
  #wroteAtMs = 0;
  #isBeginningSent = false;

  constructor(options: WireOptions) {
    this.#options = options;
    this.#text = new PacedText({ ...options, send: (text) => { this.#sendText(text); } });
  }

  /** Whether the status can no longer be chosen. */
  get hasBegun(): boolean {
    return this.#options.response.headersSent;
  }

  /** Lets a client hear something if its stream has not begun after this long, and from then on; the last call counts. */
  beginWithin(delayMs: number): void {
    this.#cancelEarly?.();
    this.#cancelEarly = this.#options.clock.after(delayMs, () => { this.#keepAlive(); this.startKeepAlive(); });
  }

  /** Lets a client hear something whenever nothing has come for long, its headers first of all. Twice is harmless. */
  startKeepAlive(): void {
    const { clock } = this.#options;
    this.#cancelEarly?.();
    this.#cancelQuiet ??= clock.every(QUIET_MS / 2, () => {
      if (clock.monotonicMs() - this.#wroteAtMs >= QUIET_MS / 2) this.#keepAlive();
    });
  }

  /** Says 200 and the first words of a stream; they go out with what follows. Twice is harmless. */
  begin(): void {
    const { response, contentType, requestId, getOpening } = this.#options;
    if (this.hasBegun || response.destroyed) return;
    response.writeHead(200, { 'content-type': contentType, ...STREAM_HEADERS, 'x-request-id': requestId });
    this.#text.hold(getOpening());
  }

  /** Sends what was said when a stream began within a round, although no words follow. */
  flushBeginning(): void {
    if (this.hasBegun && !this.#isBeginningSent) this.#text.flushSoon();
  }

  #keepAlive(): void {
    this.begin();
    this.#text.hold(this.#options.keepAlive ?? '');
    if (!this.#isBeginningSent || this.#options.keepAlive !== null) this.#text.flush();
  }

  /** Sends another program's status and headers. */
  beginAs(status: number, headers: Readonly<Record<string, string>>): void {
    const { response, requestId } = this.#options;
    if (!response.destroyed) response.writeHead(status, { ...headers, 'x-accel-buffering': 'no', 'x-request-id': requestId });
  }

  /** Writes a piece of a stream, together with those that follow within a round where they come very fast. A promise where `write` would wait. */
  writePiece(text: string, signal: AbortSignal): Promise<void> | null {
    this.#text.write(text);
    return this.#options.response.writableNeedDrain ? this.#drain(signal) : null;
  }

  /** Keeps a piece of a stream for what is written next, the end or an error at the latest. */
  hold(text: string): void {
    this.#text.hold(text);
  }

  /** Waits while the client reads slower than the engine writes; one that reads nothing for too long is let go. @throws the signal's reason */
  async write(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    if (!this.#send(bytes)) await this.#drain(signal);
  }

  /** Ends a stream that has begun. */
  end(text: string): void {
    const held = this.#text.take();
    this.dispose();
    this.#options.response.end(held + text);
  }

  /** Answers in one piece. */
  sendWhole(status: number, headers: Readonly<Record<string, string>>, body: string | Uint8Array): void {
    this.dispose();
    const { response, requestId } = this.#options;
    if (response.headersSent || response.destroyed) return;
    response.writeHead(status, { 'x-request-id': requestId, ...headers, 'content-length': String(Buffer.byteLength(body)) });
    response.end(body);
  }

  /** Breaks the connection off: the client can then tell that the answer is not whole. */
  destroy(): void {
    this.dispose();
    this.#options.response.destroy();
  }

  /** Ends its timers. */
  dispose(): void {
    this.#cancelEarly?.();
    this.#cancelQuiet?.();
    this.#text.take();
  }

  #sendText(text: string): void {
    this.#isBeginningSent = true;
    if (text === '') this.#options.response.flushHeaders();
    else this.#send(text);
  }

  async #drain(signal: AbortSignal): Promise<void> {
    const { response, clock } = this.#options;
    if (response.destroyed) return;
    const stopWaiting = clock.after(STUCK_MS, () => { response.destroy(); });
    try {
      await once(response, 'drain', { signal });
    } finally {
      stopWaiting();
    }
  }

  #send(text: string | Uint8Array): boolean {
    this.#wroteAtMs = this.#options.clock.monotonicMs();
    const { response } = this.#options;
    return text.length === 0 || response.destroyed || response.writableEnded || response.write(text);
  }
}
