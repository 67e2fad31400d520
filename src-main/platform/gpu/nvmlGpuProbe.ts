import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Gpu, GpuSource } from '#contract/gpus.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { toFacts, type GpuFacts, type GpuProbe } from './gpuProbe.ts';
import { nvmlReply, type NvmlReply } from './nvml/nvmlMessages.ts';
import { decideRestartDelayMs } from './restartPolicy.ts';

const ENTRY = fileURLToPath(new URL('./nvml/nvmlProcess.ts', import.meta.url));
const UNUSABLE_AGAIN_MS = 60_000;

export interface NvmlGpuProbeOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** NVIDIA's library; the system's own by default. */
  readonly library?: string | undefined;
  /** The reading process's entry where it is not the source, such as in the packed app. */
  readonly entryPath?: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** How long one `read` waits for the driver. */
  readonly timeoutMs?: number | undefined;
  /** How long the first one waits, while the process starts. */
  readonly startTimeoutMs?: number | undefined;
  /** After so long without an answer the process is killed and started again. */
  readonly hangMs?: number | undefined;
}

/**
 * Reads NVIDIA's GPUs through NVML, in a process of its own.
 *
 * A worker thread would not do: while one stands in a hanging driver the backend's own `process.exit` waits for it (measured on
 * Node 24.21: exit after the driver's 12 s), and a library that crashes would take the backend with it.
 */
export class NvmlGpuProbe implements GpuProbe {
  readonly #options: NvmlGpuProbeOptions;
  readonly #limits: { timeoutMs: number; startTimeoutMs: number; hangMs: number };
  #child: ChildProcess | null = null;
  #asked: { id: number; atMs: number } | null = null;
  #last: { gpus: Gpu[]; atMs: number } | null = null;
  #unusable: { reason: string; atMs: number; isMissing: boolean } | null = null;
  #failedReason: string | null = null;
  #failures = 0;
  #endedAtMs = 0;
  #nextId = 1;
  readonly #waiting = new Set<() => void>();

  constructor(options: NvmlGpuProbeOptions) {
    this.#options = options;
    this.#limits = { timeoutMs: options.timeoutMs ?? 1_000, startTimeoutMs: options.startTimeoutMs ?? 3_000, hangMs: options.hangMs ?? 30_000 };
  }

  async read(): Promise<GpuFacts> {
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#unusable !== null && nowMs - this.#unusable.atMs >= UNUSABLE_AGAIN_MS) this.#unusable = null;
    if (this.#unusable === null) {
      this.#killHanging(nowMs);
      const id = this.#ask(nowMs);
      if (id !== null) await this.#waitFor(id);
    }
    return this.#toFacts();
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#forget();
    if (child === null) return;
    // A process that stands in the driver ends when the driver lets it go: nobody waits for that.
    child.kill('SIGKILL');
    child.channel?.unref();
    child.unref();
  }

  /** Sends a request unless one is out; null where no process may be started yet. */
  #ask(nowMs: number): number | null {
    if (this.#asked !== null) return this.#asked.id;
    if (this.#child === null && nowMs - this.#endedAtMs < decideRestartDelayMs(this.#failures)) return null;
    this.#child ??= this.#start();
    this.#asked = { id: this.#nextId, atMs: nowMs };
    this.#nextId += 1;
    this.#child.send({ id: this.#asked.id }, (error) => { if (error) this.#options.log.debug('gpu.nvml_unreachable', { error }); });
    return this.#asked.id;
  }

  #start(): ChildProcess {
    const { library, entryPath = ENTRY, environment } = this.#options;
    const child = fork(entryPath, library === undefined ? [] : [library], {
      execArgv: ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1', '--max-old-space-size=128'], stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      ...(environment && { env: { ...environment, ELECTRON_RUN_AS_NODE: '1' } }),
    });
    child.unref();
    child.channel?.unref();
    child.on('message', (message) => { if (child === this.#child) this.#accept(nvmlReply.parse(message)); });
    child.on('error', (error) => { this.#options.log.warn('gpu.nvml_not_started', { error }); this.#end(child, error.message); });
    child.on('exit', (code, signal) => { this.#end(child, `the reading process ended with ${signal ?? code ?? 'no code'}`); });
    return child;
  }

  #accept(reply: NvmlReply): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (reply.kind === 'unusable') {
      this.#options.log.info('gpu.nvml_unusable', { reason: reply.reason, code: reply.code });
      this.#unusable = { reason: reply.reason, atMs: nowMs, isMissing: reply.code === null };
      this.#forget();
    } else {
      this.#failures = 0;
      this.#failedReason = reply.kind === 'failed' ? reply.reason : null;
      if (reply.kind === 'reading') this.#last = { gpus: reply.gpus, atMs: nowMs };
    }
    this.#settle();
  }

  #end(child: ChildProcess, reason: string): void {
    if (child !== this.#child) return;
    this.#failures += 1;
    this.#endedAtMs = this.#options.clock.monotonicMs();
    this.#failedReason = reason;
    this.#options.log.warn('gpu.nvml_ended', { reason, failures: this.#failures });
    this.#forget();
    this.#settle();
  }

  #killHanging(nowMs: number): void {
    if (this.#asked === null || this.#child === null || nowMs - this.#asked.atMs < this.#limits.hangMs) return;
    const child = this.#child;
    this.#end(child, 'the driver did not answer');
    child.kill('SIGKILL');
  }

  #forget(): void {
    this.#child = null;
    this.#asked = null;
  }

  #settle(): void {
    this.#asked = null;
    for (const wake of [...this.#waiting]) wake();
  }

  #waitFor(id: number): Promise<void> {
    const { clock } = this.#options;
    const waitMs = this.#last === null && id === 1 ? this.#limits.startTimeoutMs : this.#limits.timeoutMs;
    return new Promise((resolve) => {
      const done = (): void => { cancel(); this.#waiting.delete(done); resolve(); };
      const cancel = clock.after(waitMs, done);
      this.#waiting.add(done);
    });
  }

  #toFacts(): GpuFacts {
    const ageMs = this.#last === null ? 0 : this.#options.clock.monotonicMs() - this.#last.atMs;
    const state = this.#toState();
    const source: GpuSource = { vendor: 'nvidia', via: 'nvml', state, ageMs: Math.round(ageMs), reason: this.#unusable?.reason ?? this.#failedReason };
    return toFacts(state === 'ok' || state === 'slow' ? this.#last?.gpus ?? [] : [], source);
  }

  #toState(): GpuSource['state'] {
    if (this.#unusable !== null) return this.#unusable.isMissing ? 'absent' : 'failed';
    if (this.#asked !== null) return 'slow';
    if (this.#failedReason === null) return this.#last === null ? 'slow' : 'ok';
    return this.#child === null && this.#last !== null && this.#failures < 3 ? 'slow' : 'failed';
  }
}
