import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { TransferFailure } from './transferFailure.ts';
import { transferReply, type TransferJob, type TransferProgress, type TransferReply, type TransferRequest, type TransferResult } from './transferMessages.ts';
import type { Transfers } from './transfers.ts';

const ENTRY = fileURLToPath(new URL('./transferProcess.ts', import.meta.url));
const IDLE_MS = 5_000;
const END_MS = 2_000;
const MOST_ENDS = 5;
const START_AGAIN_MS = 300;

export interface ProcessTransfersOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where Node keeps the process's code ready, so that it starts fast and small. */
  readonly codeCacheFolder: string;
  /** The process's entry where it is not the source, such as in the packed app. */
  readonly entryPath?: string | undefined;
}

interface Open {
  job: TransferJob;
  onProgress: (progress: TransferProgress) => void;
  end: { resolve: (result: TransferResult) => void; reject: (error: unknown) => void };
  signal: AbortSignal;
  /** How often the process ended under it without a byte more. */
  ends: number;
}

/** Runs transfers in a process of its own that the first one starts and that ends when there has been nothing to do for a while. */
export class ProcessTransfers implements Transfers {
  readonly #options: ProcessTransfersOptions;
  readonly #open = new Map<number, Open>();
  #child: ChildProcess | null = null;
  #limit = 0;
  #nextId = 1;
  #cancelIdle: (() => void) | null = null;
  #cancelStart: (() => void) | null = null;

  constructor(options: ProcessTransfersOptions) {
    this.#options = options;
  }

  /** The process's id while one runs; for diagnostics. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  async run(job: TransferJob, { signal, onProgress }: Parameters<Transfers['run']>[1]): Promise<TransferResult> {
    signal.throwIfAborted();
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<TransferResult>();
    this.#open.set(id, { job, onProgress, end: { resolve, reject }, signal, ends: 0 });
    this.#cancelIdle?.();
    this.#cancelIdle = null;
    const cancel = (): void => {
      if (this.#child === null) this.#settle(id, ({ end }) => { end.reject(signal.reason); });
      else this.#send({ kind: 'cancel', id });
    };
    signal.addEventListener('abort', cancel, { once: true });
    this.#send({ kind: 'run', id, job });
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  setLimit(bytesPerSecond: number): void {
    this.#limit = bytesPerSecond;
    if (this.#child !== null) this.#send({ kind: 'limit', bytesPerSecond });
  }

  async stop(): Promise<void> {
    this.#cancelStart?.();
    for (const id of [...this.#open.keys()]) this.#settle(id, ({ end }) => { end.reject(new TransferFailure('unreachable', 'stopped')); });
    await this.#end();
  }

  async #end(): Promise<void> {
    this.#cancelIdle?.();
    this.#cancelIdle = null;
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => { child.once('exit', resolve); });
    // It ends by itself when its parent lets go, and keeps its code ready for the next time.
    if (child.connected) child.disconnect();
    const cancelKill = this.#options.clock.after(END_MS, () => { child.kill('SIGKILL'); });
    await gone.finally(cancelKill);
  }

  #send(request: TransferRequest): void {
    if (this.#cancelStart !== null) return;
    this.#child ??= this.#start();
    this.#child.send(request, (error) => { if (error) this.#options.log.debug('transfer.unreachable', { error }); });
  }

  #start(): ChildProcess {
    const { entryPath = ENTRY, environment, codeCacheFolder } = this.#options;
    const isProxied = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'].some((name) => (environment[name] ?? '') !== '');
    const child = fork(entryPath, isProxied ? ['proxied'] : [], {
      execArgv: ['--disable-warning=ExperimentalWarning', '--expose-gc', '--max-semi-space-size=1', '--max-old-space-size=128'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...environment, ELECTRON_RUN_AS_NODE: '1', UV_THREADPOOL_SIZE: '8', NODE_COMPILE_CACHE: codeCacheFolder },
    });
    child.on('message', (message) => { if (child === this.#child) this.#accept(transferReply.parse(message)); });
    child.on('error', (error) => { this.#options.log.warn('transfer.not_started', { error }); this.#onEnd(child, error.message); });
    child.on('exit', (code, signal) => { this.#onEnd(child, `it ended with ${signal ?? code ?? 'no code'}`); });
    child.send({ kind: 'limit', bytesPerSecond: this.#limit } satisfies TransferRequest);
    return child;
  }

  #accept(reply: TransferReply): void {
    const open = this.#open.get(reply.id);
    if (open === undefined) return;
    if (reply.kind === 'progress') {
      if (reply.progress.fetchedBytes > 0) open.ends = 0;
      open.onProgress(reply.progress);
      return;
    }
    this.#settle(reply.id, ({ end, signal }) => {
      if (reply.kind === 'done') end.resolve(reply.result);
      else if (reply.kind === 'cancelled') end.reject(signal.reason);
      else end.reject(new TransferFailure(reply.problem, reply.detail, { retryAfterMs: reply.retryAfterMs }));
    });
  }

  #settle(id: number, end: (open: Open) => void): void {
    const open = this.#open.get(id);
    if (!this.#open.delete(id) || open === undefined) return;
    end(open);
    if (this.#open.size > 0) return;
    this.#cancelIdle ??= this.#options.clock.after(IDLE_MS, () => {
      this.#cancelIdle = null;
      this.#end().catch((error: unknown) => { this.#options.log.error('transfer.end_failed', { error }); });
    });
  }

  /** The process ended by itself: another one goes on with what was open, unless that has happened too often. */
  #onEnd(child: ChildProcess, reason: string): void {
    if (child !== this.#child) return;
    this.#child = null;
    this.#options.log.warn('transfer.ended', { reason, open: this.#open.size });
    for (const [id, open] of this.#open) {
      open.ends += 1;
      if (open.signal.aborted) this.#settle(id, ({ end, signal }) => { end.reject(signal.reason); });
      else if (open.ends > MOST_ENDS) this.#settle(id, ({ end }) => { end.reject(new TransferFailure('unreachable', `the process that fetches: ${reason}`)); });
    }
    if (this.#open.size === 0) return;
    this.#cancelStart = this.#options.clock.after(START_AGAIN_MS, () => {
      this.#cancelStart = null;
      for (const [id, { job }] of this.#open) this.#send({ kind: 'run', id, job });
    });
  }
}
