import type { FileHandle } from 'node:fs/promises';
import type { Clock } from '../../base/clock.ts';

const FLUSH_BYTES = 256 * 1024;
/** What a slow connection brings does not wait for more: a killed process would lose it. */
const FLUSH_AFTER_MS = 20;
const MOST_WAITING_BYTES = 3 * 256 * 1024;

interface PartWriterOptions {
  file: Pick<FileHandle, 'writev'>;
  fromByte: number;
  clock: Pick<Clock, 'after'>;
  /** Called after each write with the place up to which the file is written. */
  onWritten: (upToByte: number) => void;
  /** The system refused a write; nothing more is written. */
  onFailed: (error: Error) => void;
}

/** Writes what a connection brings to its place in the file, in few large writes and with a bounded backlog. */
export class PartWriter {
  readonly #options: PartWriterOptions;
  #at: number;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | null = null;
  #failed: Error | null = null;
  #cancelTimer: (() => void) | null = null;
  #wakes: (() => void)[] = [];

  constructor(options: PartWriterOptions) {
    this.#options = options;
    this.#at = options.fromByte;
  }

  /** Takes bytes; false when the connection should wait for `drained`. */
  push(chunk: Buffer): boolean {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes >= FLUSH_BYTES) this.#writing ??= this.#write();
    else this.#cancelTimer ??= this.#options.clock.after(FLUSH_AFTER_MS, () => { this.#cancelTimer = null; this.#writing ??= this.#write(); });
    return this.#waitingBytes < MOST_WAITING_BYTES;
  }

  /** Resolves when there is room again. */
  drained(): Promise<void> {
    if (this.#waitingBytes < MOST_WAITING_BYTES || this.#failed !== null) return Promise.resolve();
    return new Promise((resolve) => { this.#wakes.push(resolve); });
  }

  /** Writes all that was taken. @throws what the system says. */
  async flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    while (this.#failed === null && (this.#writing !== null || this.#waitingBytes > 0)) {
      this.#writing ??= this.#write();
      await this.#writing;
    }
    if (this.#failed !== null) throw this.#failed;
  }

  /** Writes until little is left; never rejects. */
  async #write(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    try {
      do {
        const buffers = this.#waiting.splice(0);
        this.#waitingBytes = 0;
        for (const wake of this.#wakes.splice(0)) wake();
        await this.#writeAll(buffers);
      } while (this.#waitingBytes >= FLUSH_BYTES);
    } catch (error) {
      this.#failed = error instanceof Error ? error : new Error(String(error));
      for (const wake of this.#wakes.splice(0)) wake();
      this.#options.onFailed(this.#failed);
    } finally {
      this.#writing = null;
    }
  }

  /** The system may take less than it was given; the rest is tried again, and then says why. */
  async #writeAll(buffers: Buffer[]): Promise<void> {
    for (let rest = buffers; rest.length > 0;) {
      const { bytesWritten } = await this.#options.file.writev(rest, this.#at);
      this.#at += bytesWritten;
      this.#options.onWritten(this.#at);
      rest = dropBytes(rest, bytesWritten);
    }
  }
}

function dropBytes(buffers: readonly Buffer[], bytes: number): Buffer[] {
  let drop = bytes;
  return buffers.flatMap((buffer) => {
    const skipped = Math.min(drop, buffer.length);
    drop -= skipped;
    return skipped === buffer.length ? [] : [buffer.subarray(skipped)];
  });
}
