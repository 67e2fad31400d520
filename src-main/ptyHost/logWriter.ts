import { mkdir, open, rename } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { LogError } from '../platform/pty/hostProtocol.ts';

export interface LogLimits {
  /** A file is rotated before it grows beyond this. */
  maxFileBytes: number;
  /** How many files are kept, the one being written included. */
  maxFiles: number;
  /** How much output may wait for a slow disk before it is dropped. */
  maxPendingBytes: number;
  /** Output is gathered this long before it is written, unless there is a lot of it. */
  gatherMs: number;
  /** How long to leave a failing disk alone. */
  retryAfterMs: number;
}
export const DEFAULT_LOG_LIMITS: LogLimits = {
  maxFileBytes: 50_000_000, maxFiles: 10, maxPendingBytes: 8 * 1024 * 1024, gatherMs: 50, retryAfterMs: 5_000,
};
const BATCH_BYTES = 1024 * 1024;
const WRITE_AT_ONCE_BYTES = 256 * 1024;

/** Output to be written, or a line that stands for output that was lost before it. */
interface Entry { bytes: Uint8Array; standsForBytes: number | null }

/** Appends output to a rotated log file. Never throws and never waits: what cannot be written is counted and said in the log. */
export class LogWriter {
  readonly #deps: { path: string; clock: Clock; limits: LogLimits; onDidFail: (error: LogError) => void };
  #pending: Entry[] = [];
  #pendingBytes = 0;
  #unmarkedDroppedBytes = 0;
  #file: { handle: FileHandle; bytes: number } | null = null;
  #draining: Promise<void> | null = null;
  #cancelGather: (() => void) | null = null;
  #retryAtMs = 0;
  #error: LogError | null = null;
  #droppedBytes = 0;

  constructor(deps: { path: string; clock: Clock; limits: LogLimits; onDidFail: (error: LogError) => void }) {
    this.#deps = deps;
  }

  /** Why nothing can be written now, null once it works again. */
  get error(): LogError | null {
    return this.#error;
  }

  get droppedBytes(): number {
    return this.#droppedBytes;
  }

  append(chunk: Uint8Array): void {
    const isResting = this.#error !== null && this.#deps.clock.monotonicMs() < this.#retryAtMs;
    if (isResting || this.#pendingBytes + chunk.length > this.#deps.limits.maxPendingBytes) {
      this.#drop(chunk.length);
      return;
    }
    if (this.#unmarkedDroppedBytes > 0) this.#pushMarker();
    this.#push({ bytes: chunk, standsForBytes: null });
    if (this.#pendingBytes >= WRITE_AT_ONCE_BYTES) this.#startDraining();
    else if (this.#draining === null) this.#cancelGather ??= this.#deps.clock.after(this.#deps.limits.gatherMs, () => { this.#startDraining(); });
  }

  /** Resolves when what was appended so far is written or given up. */
  async flush(): Promise<void> {
    this.#startDraining();
    await this.#draining;
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#closeFile();
  }

  #push(entry: Entry): void {
    this.#pending.push(entry);
    this.#pendingBytes += entry.bytes.length;
  }

  #pushMarker(): void {
    const standsForBytes = this.#unmarkedDroppedBytes;
    this.#unmarkedDroppedBytes = 0;
    this.#push({ bytes: Buffer.from(`\r\n[wheelhouse: ${standsForBytes} bytes of output could not be written here]\r\n`), standsForBytes });
  }

  #startDraining(): void {
    this.#cancelGather?.();
    this.#cancelGather = null;
    if (this.#pending.length > 0) this.#draining ??= this.#drain();
  }

  async #drain(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = this.#takeBatch();
      try {
        await this.#write(batch);
        this.#error = null;
      } catch (error) {
        await this.#fail(error);
      }
    }
    this.#draining = null;
  }

  #takeBatch(): Buffer {
    let count = 0;
    let bytes = 0;
    while (count < this.#pending.length && (count === 0 || bytes < BATCH_BYTES)) bytes += this.#pending[count++]?.bytes.length ?? 0;
    return Buffer.concat(this.#pending.slice(0, count).map((entry) => entry.bytes));
  }

  /** Writes the first bytes of what is pending, and takes each away once the disk has it. */
  async #write(batch: Buffer): Promise<void> {
    const file = await this.#openFor(batch.length);
    for (let at = 0; at < batch.length;) {
      const { bytesWritten } = await file.handle.write(batch, at);
      if (bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' });
      at += bytesWritten;
      file.bytes += bytesWritten;
      this.#consume(bytesWritten);
    }
  }

  #consume(bytes: number): void {
    this.#pendingBytes -= bytes;
    let rest = bytes;
    while (rest > 0) {
      const first = this.#pending[0];
      if (first === undefined) return;
      if (first.bytes.length > rest) { first.bytes = first.bytes.subarray(rest); return; }
      rest -= first.bytes.length;
      this.#pending.shift();
    }
  }

  async #openFor(addedBytes: number): Promise<{ handle: FileHandle; bytes: number }> {
    if (this.#file !== null && this.#file.bytes > 0 && this.#file.bytes + addedBytes > this.#deps.limits.maxFileBytes) await this.#rotate();
    if (this.#file !== null) return this.#file;
    await mkdir(dirname(this.#deps.path), { recursive: true });
    const handle = await open(this.#deps.path, 'a', 0o600);
    this.#file = { handle, bytes: (await handle.stat()).size };
    return this.#openFor(addedBytes);
  }

  async #rotate(): Promise<void> {
    await this.#closeFile();
    const { path, limits } = this.#deps;
    const nameOf = (index: number): string => (index === 0 ? path : `${path}.${index}`);
    for (let index = limits.maxFiles - 2; index >= 0; index -= 1) await renameIfThere(nameOf(index), nameOf(index + 1));
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.handle.close();
  }

  async #fail(cause: unknown): Promise<void> {
    const isFirst = this.#error === null;
    this.#error = { code: codeOf(cause), atMs: this.#deps.clock.nowMs() };
    this.#retryAtMs = this.#deps.clock.monotonicMs() + this.#deps.limits.retryAfterMs;
    this.#dropPending();
    const file = this.#file;
    this.#file = null;
    await file?.handle.close().catch((error: unknown) => { this.#error = { code: codeOf(error), atMs: this.#deps.clock.nowMs() }; });
    if (isFirst) this.#deps.onDidFail(this.#error);
  }

  #dropPending(): void {
    for (const { bytes, standsForBytes } of this.#pending) {
      if (standsForBytes === null) this.#drop(bytes.length);
      else this.#unmarkedDroppedBytes += standsForBytes;
    }
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  #drop(bytes: number): void {
    this.#droppedBytes += bytes;
    this.#unmarkedDroppedBytes += bytes;
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
