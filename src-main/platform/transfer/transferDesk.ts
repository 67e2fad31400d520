import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { systemClock, type Clock } from '../../base/clock.ts';
import { ContentHasher } from './contentHasher.ts';
import { FileTransfer } from './fileTransfer.ts';
import { RateLimiter } from './rateLimiter.ts';
import { ReceivedMemory } from './receivedMemory.ts';
import { toTransferFailure } from './transferFailure.ts';
import type { TransferReply, TransferRequest } from './transferMessages.ts';

interface DeskOptions {
  clock: Clock;
  /** The module that hashes when it runs in a thread. */
  hashEntry: URL;
  bootId: string;
  isProxied: boolean;
  send: (reply: TransferReply) => void;
}

interface Running { transfer: FileTransfer; cancel: AbortController; settled: Promise<void> }

const PROGRESS_EVERY_MS = 200;
const CONNECTION = { connect: { timeout: 15_000 }, headersTimeout: 30_000, bodyTimeout: 30_000, keepAliveTimeout: 10_000, pipelining: 1 };

/** Runs transfers side by side in the process that fetches. */
export class TransferDesk {
  readonly #options: DeskOptions;
  readonly #running = new Map<number, Running>();
  readonly #limiter: RateLimiter;
  readonly #memory = new ReceivedMemory(readCollector());
  readonly #hasher: ContentHasher;
  readonly #dispatcher: Dispatcher;
  #stopReporting: (() => void) | null = null;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#limiter = new RateLimiter(options.clock);
    this.#hasher = new ContentHasher(options.hashEntry);
    this.#dispatcher = options.isProxied ? new EnvHttpProxyAgent(CONNECTION) : new Agent(CONNECTION);
  }

  accept(request: TransferRequest): void {
    if (request.kind === 'limit') this.#limiter.setLimit(request.bytesPerSecond);
    else if (request.kind === 'cancel') this.#running.get(request.id)?.cancel.abort(new Cancelled());
    else this.#begin(request);
  }

  /** Ends every transfer; resolves when what had come is written. */
  async stop(): Promise<void> {
    const all = [...this.#running.values()];
    for (const { cancel } of all) cancel.abort(new Cancelled());
    await Promise.all(all.map(({ settled }) => settled));
  }

  #begin({ id, job }: Extract<TransferRequest, { kind: 'run' }>): void {
    const { clock, bootId } = this.#options;
    const transfer = new FileTransfer({ clock, bootId, limiter: this.#limiter, memory: this.#memory, hasher: this.#hasher, dispatcher: this.#dispatcher }, job);
    const cancel = new AbortController();
    this.#stopReporting ??= clock.every(PROGRESS_EVERY_MS, () => { this.#report(); });
    this.#running.set(id, { transfer, cancel, settled: this.#run(id, transfer, cancel.signal) });
  }

  async #run(id: number, transfer: FileTransfer, signal: AbortSignal): Promise<void> {
    const { send } = this.#options;
    try {
      const result = await transfer.run(signal);
      send({ kind: 'done', id, result });
    } catch (error) {
      send({ kind: 'progress', id, progress: transfer.progress });
      if (error instanceof Cancelled) { send({ kind: 'cancelled', id }); return; }
      const { problem, message, retryAfterMs } = toTransferFailure(error);
      send({ kind: 'failed', id, problem, detail: message, retryAfterMs });
    } finally {
      this.#running.delete(id);
      if (this.#running.size === 0) this.#endReports();
    }
  }

  #endReports(): void {
    this.#stopReporting?.();
    this.#stopReporting = null;
  }

  #report(): void {
    for (const [id, { transfer }] of this.#running) this.#options.send({ kind: 'progress', id, progress: transfer.progress });
  }
}

/** Someone asked for the end of one transfer. */
class Cancelled extends Error {}

/** Null where Node was started without `--expose-gc`. */
function readCollector(): (() => void) | null {
  const collect = globalThis.gc;
  return collect === undefined ? null : () => { collect({ type: 'minor', execution: 'sync' }); };
}

/** The parent is gone, and what has come is still written. */
const FAREWELL_MS = 500;

const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id';
const TEN_MINUTES_MS = 600_000;

/** Serves the parent of this process until it goes. */
export function serveTransfers({ hashEntry, isProxied }: Pick<DeskOptions, 'hashEntry' | 'isProxied'>): void {
  const desk = new TransferDesk({ clock: systemClock, hashEntry, isProxied, bootId: readBootId(), send: (reply) => { if (process.connected) process.send?.(reply); } });
  process.on('message', (request: TransferRequest) => { desk.accept(request); });
  const exit = (): void => { process.exit(0); };
  process.on('disconnect', () => {
    systemClock.after(FAREWELL_MS, exit);
    desk.stop().then(exit, exit);
  });
}

/** Differs from one start of the machine to the next; elsewhere than on Linux it is the start's time to ten minutes. */
function readBootId(): string {
  if (process.platform === 'linux') return readFileSync(BOOT_ID_FILE, 'utf8').trim();
  return `started ${Math.round((systemClock.nowMs() - uptime() * 1_000) / TEN_MINUTES_MS)}`;
}
