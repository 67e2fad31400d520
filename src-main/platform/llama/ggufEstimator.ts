import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '#contract/errors.ts';
import type { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { estimateReply, type estimateQuestion, type GgufEstimate } from './estimateProtocol.ts';

const ENTRY = fileURLToPath(new URL('./estimateProcess.ts', import.meta.url));
const ANSWER_MS = 30_000;
const IDLE_MS = 30_000;
const MEMORY_MIB = 1_024;

export type EstimateInput = Omit<z.input<typeof estimateQuestion>, 'sizeBytes'>;

/** A header that was fetched from elsewhere: the file's first bytes up to its weights, and its whole size. */
export interface RemoteHeader { readonly bytes: Uint8Array; readonly sizeBytes: number }

export interface GgufEstimatorDeps {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The process's entry where it is not the source, such as in the packed app. */
  readonly entryPath?: string | undefined;
}

interface Pending { readonly path: string; readonly resolve: (estimate: GgufEstimate) => void; readonly reject: (error: AppError) => void; readonly cancelDeadline: () => void }

/** Tells what models take, from a process of its own that starts with the first question and ends when there are none. */
export class GgufEstimator {
  readonly #deps: GgufEstimatorDeps;
  readonly #pending = new Map<number, Pending>();
  #child: ChildProcess | null = null;
  /** Settles when every process that was started has gone. */
  #gone: Promise<unknown> = Promise.resolve();
  #nextId = 1;
  #cancelIdle: (() => void) | null = null;

  constructor(deps: GgufEstimatorDeps) {
    this.#deps = deps;
  }

  /**
   * Estimates a model by its first file.
   * @throws model.unreadable when its header cannot be read, within 30 s
   */
  estimate(input: EstimateInput): Promise<GgufEstimate> {
    return this.#ask({ ...input, sizeBytes: null });
  }

  /** The same from a header alone; `name` is what the error calls the file. @throws model.unreadable */
  async estimateHeader(header: RemoteHeader, input: Omit<EstimateInput, 'path'>): Promise<GgufEstimate> {
    const folder = await mkdtemp(join(tmpdir(), 'wheelhouse-header-'));
    try {
      const path = join(folder, 'model.gguf');
      await writeFile(path, header.bytes);
      return await this.#ask({ ...input, path, sizeBytes: header.sizeBytes });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Ends the process; open questions fail. */
  async stop(): Promise<void> {
    this.#cancelIdle?.();
    if (this.#child !== null) this.#kill(this.#child);
    await this.#gone;
  }

  #ask(question: z.input<typeof estimateQuestion>): Promise<GgufEstimate> {
    const { clock } = this.#deps;
    const id = this.#nextId++;
    this.#cancelIdle?.();
    this.#child ??= this.#start();
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const cancelDeadline = clock.after(ANSWER_MS, () => { this.#kill(child); });
      this.#pending.set(id, { path: question.path, resolve, reject, cancelDeadline });
      child.send({ id, question });
    });
  }

  #start(): ChildProcess {
    const { entryPath = ENTRY, environment } = this.#deps;
    const child = fork(entryPath, [], { env: { ...environment, ELECTRON_RUN_AS_NODE: '1' }, execArgv: [`--max-old-space-size=${MEMORY_MIB}`, '--disable-warning=ExperimentalWarning'], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    child.on('message', (message) => { this.#takeReply(message); });
    child.on('error', () => { this.#forget(child); });
    child.once('close', () => { this.#forget(child); });
    this.#gone = Promise.all([this.#gone, new Promise((resolve) => { child.once('close', resolve); })]);
    return child;
  }

  /** Whoever asks from now on asks the next process. */
  #kill(child: ChildProcess): void {
    this.#forget(child);
    child.kill('SIGKILL');
  }

  #takeReply(message: unknown): void {
    const reply = estimateReply.parse(message);
    const pending = this.#pending.get(reply.id);
    if (!pending) return;
    this.#close(reply.id, pending);
    if ('estimate' in reply) pending.resolve(reply.estimate);
    else pending.reject(unreadable(pending.path, reply.refusal));
    if (this.#pending.size === 0) this.#cancelIdle = this.#deps.clock.after(IDLE_MS, () => { if (this.#child !== null) this.#kill(this.#child); });
  }

  /** What was open when the process ended had it end. */
  #forget(child: ChildProcess): void {
    if (this.#child !== child) return;
    this.#child = null;
    for (const [id, pending] of this.#pending) {
      this.#close(id, pending);
      pending.reject(unreadable(pending.path, 'its header could not be worked through'));
    }
  }

  #close(id: number, { cancelDeadline }: Pending): void {
    cancelDeadline();
    this.#pending.delete(id);
  }
}

function unreadable(path: string, reason: string): AppError<'model.unreadable'> {
  return new AppError('model.unreadable', 'The model cannot be read', { path, reason });
}
