import { writeSync } from 'node:fs';
import { systemClock } from '../../base/clock.ts';
import type { Clock } from '../../base/clock.ts';

const SLICE_BYTES = 4_096;
const SLICES_PER_TURN = 16;
const RETRY_AFTER_MS = 10;
const MAX_PENDING_BYTES = 64 * 1024 * 1024;

/**
 * Feeds a child's input as fast as it reads, without spinning while it does not. node-pty's own writer retries at once
 * for ever, and from another thread, which may meet a closed descriptor.
 */
export class InputWriter {
  readonly #sink: number | ((bytes: Buffer) => void);
  readonly #clock: Clock;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #cancelRetry: (() => void) | null = null;
  #isDisposed = false;

  constructor(sink: number | ((bytes: Buffer) => void), clock: Clock = systemClock) {
    this.#sink = sink;
    this.#clock = clock;
  }

  /** Takes a copy. Input beyond what can be held for a child that never reads is dropped. */
  write(bytes: Uint8Array): void {
    if (this.#isDisposed || this.#pendingBytes + bytes.length > MAX_PENDING_BYTES) return;
    if (typeof this.#sink === 'function') { this.#sink(Buffer.from(bytes)); return; }
    this.#pending.push(Buffer.from(bytes));
    this.#pendingBytes += bytes.length;
    if (this.#cancelRetry === null) this.#drain(this.#sink);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#pending = [];
    this.#cancelRetry?.();
    this.#cancelRetry = null;
  }

  #drain(descriptor: number): void {
    this.#cancelRetry = null;
    for (let slice = 0; slice < SLICES_PER_TURN; slice += 1) {
      const first = this.#pending[0];
      if (first === undefined) return;
      const written = tryWrite(descriptor, first.subarray(0, SLICE_BYTES));
      if (written === 'gone') { this.dispose(); return; }
      if (written === 'full') { this.#retry(descriptor, RETRY_AFTER_MS); return; }
      this.#pendingBytes -= written;
      if (written < first.length) this.#pending[0] = first.subarray(written);
      else this.#pending.shift();
    }
    if (this.#pending.length > 0) this.#retry(descriptor, 0);
  }

  #retry(descriptor: number, delayMs: number): void {
    this.#cancelRetry = this.#clock.after(delayMs, () => { this.#drain(descriptor); });
  }
}

function tryWrite(descriptor: number, bytes: Buffer): number | 'full' | 'gone' {
  try {
    return writeSync(descriptor, bytes);
  } catch (error) {
    const isFull = error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EINTR');
    return isFull ? 'full' : 'gone';
  }
}
