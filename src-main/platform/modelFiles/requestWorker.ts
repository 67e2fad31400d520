import { Worker } from 'node:worker_threads';
import type { Clock } from '../../base/clock.ts';
import { HeaderError, type HeaderProblem } from './headerError.ts';
import { fileMessage, type FileAnswer, type FileRequest } from './worker/fileWorkerMessages.ts';

interface Pending {
  readonly id: number;
  readonly request: FileRequest;
  readonly onProgress: (doneBytes: number) => void;
  readonly settle: (outcome: { answer: FileAnswer } | { error: Error }) => void;
}

export interface RequestWorkerDeps {
  readonly clock: Clock;
  readonly entry: URL | string;
  /** A request that says nothing for so long takes the thread down; the next one gets a new thread. */
  readonly silenceMs: number;
  readonly maxHeapMb: number;
}

const IDLE_MS = 20_000;
const PROBLEMS: ReadonlySet<string> = new Set<HeaderProblem>(['not_this_format', 'version', 'big_endian', 'truncated', 'malformed', 'too_large', 'unreadable']);

/** One thread that takes requests in turn. It is started when needed, ended when idle, and replaced when a file takes it down. */
export class RequestWorker {
  readonly #deps: RequestWorkerDeps;
  readonly #queue: Pending[] = [];
  #current: Pending | null = null;
  #worker: Worker | null = null;
  #nextId = 1;
  #ending: Promise<void> = Promise.resolve();
  #cancelTimer: () => void = () => undefined;

  constructor(deps: RequestWorkerDeps) {
    this.#deps = deps;
  }

  /** @throws HeaderError, or the signal's reason */
  ask(request: FileRequest, { onProgress = () => undefined, signal }: { onProgress?: ((doneBytes: number) => void) | undefined; signal?: AbortSignal | undefined } = {}): Promise<FileAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<FileAnswer>();
    if (signal?.aborted === true) return Promise.reject(toError(signal.reason));
    const abort = (): void => { this.#abort(pending, toError(signal?.reason)); };
    const pending: Pending = {
      id: this.#nextId++, request, onProgress,
      settle: (outcome) => {
        signal?.removeEventListener('abort', abort);
        if ('answer' in outcome) resolve(outcome.answer);
        else reject(outcome.error);
      },
    };
    signal?.addEventListener('abort', abort, { once: true });
    this.#queue.push(pending);
    this.#next();
    return promise;
  }

  async stop(): Promise<void> {
    for (const pending of this.#queue.splice(0)) pending.settle({ error: new HeaderError('unreadable', 'stopped') });
    await this.#ending;
    await this.#end(new HeaderError('unreadable', 'stopped'));
  }

  #next(): void {
    if (this.#current !== null) return;
    const pending = this.#queue.shift();
    if (pending === undefined) {
      if (this.#worker !== null) this.#wait(IDLE_MS, null);
      return;
    }
    this.#current = pending;
    this.#worker ??= this.#start();
    this.#worker.postMessage({ id: pending.id, request: pending.request });
    this.#wait(this.#deps.silenceMs, new HeaderError('unreadable', 'reading took too long'));
  }

  #start(): Worker {
    const worker = new Worker(this.#deps.entry, { resourceLimits: { maxOldGenerationSizeMb: this.#deps.maxHeapMb, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 } });
    worker.unref();
    worker.on('message', (raw) => { if (this.#worker === worker) this.#hear(raw); });
    worker.on('error', (error) => { if (this.#worker === worker) this.#lose(toError(error)); });
    worker.on('exit', () => { if (this.#worker === worker) this.#lose(new HeaderError('unreadable', 'the reader ended')); });
    return worker;
  }

  #hear(raw: unknown): void {
    const { data: message } = fileMessage.safeParse(raw);
    const current = this.#current;
    if (current === null) return;
    // Numbers that a file made infinite, for one: the thread answers in turn, so this was the current request's.
    if (message === undefined) { this.#lose(new HeaderError('malformed', 'it says what no model can be')); return; }
    if (message.id !== current.id) return;
    if (message.kind === 'progress') {
      this.#wait(this.#deps.silenceMs, new HeaderError('unreadable', 'reading took too long'));
      current.onProgress(message.doneBytes);
      return;
    }
    this.#current = null;
    this.#cancelTimer();
    current.settle(message.kind === 'answer' ? { answer: message.answer } : { error: toHeaderError(message.problem, message.reason) });
    this.#next();
  }

  #abort(pending: Pending, error: Error): void {
    const at = this.#queue.indexOf(pending);
    if (at >= 0) this.#queue.splice(at, 1);
    if (this.#current === pending) this.#lose(error);
    else pending.settle({ error });
  }

  /** The thread is of no use any more: whoever waits for it hears why, and the others get a new one. */
  #lose(error: Error): void {
    const reason = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new HeaderError('too_large', error.message) : error;
    this.#ending = this.#end(reason).finally(() => { this.#next(); });
  }

  async #end(error: Error): Promise<void> {
    const [worker, current] = [this.#worker, this.#current];
    this.#worker = null;
    this.#cancelTimer();
    await worker?.terminate();
    this.#current = null;
    current?.settle({ error });
  }

  #wait(delayMs: number, error: Error | null): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#deps.clock.after(delayMs, () => { this.#lose(error ?? new HeaderError('unreadable', 'idle')); });
  }
}

function toHeaderError(problem: string, reason: string): HeaderError {
  return new HeaderError(isProblem(problem) ? problem : 'unreadable', isProblem(problem) ? reason : `${problem}: ${reason}`);
}

function isProblem(text: string): text is HeaderProblem {
  return PROBLEMS.has(text);
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new HeaderError('unreadable', 'aborted');
}
