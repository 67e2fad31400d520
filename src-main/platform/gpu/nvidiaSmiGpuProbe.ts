import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Gpu, GpuProcess, GpuSource } from '#contract/gpus.ts';
import { systemClock, type Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { toFacts, type GpuFacts, type GpuProbe } from './gpuProbe.ts';
import { NvidiaSmiLoop } from './nvidiaSmiLoop.ts';
import { parseCudaVersion, parseGpuLine, parseProcessLine, parseUnknownField, SMI_FIELDS, type SmiField } from './nvidiaSmiLines.ts';
import { decideRestartDelayMs } from './restartPolicy.ts';

const execute = promisify(execFile);
const CSV = '--format=csv,noheader,nounits';
const MISSING_AGAIN_MS = 60_000;

export interface NvidiaSmiGpuProbeOptions {
  readonly log: Logger;
  readonly clock?: Clock | undefined;
  readonly command?: string | undefined;
  /** How long `read` waits for the first lines. */
  readonly timeoutMs?: number | undefined;
  /** Facts older than this are called slow. */
  readonly staleMs?: number | undefined;
  /** After so long without a line the program is killed and started again. */
  readonly hangMs?: number | undefined;
  /** Processes are asked for by a call of its own, at most this often. */
  readonly processesEveryMs?: number | undefined;
}

interface Seen { gpu: Gpu; round: number; atMs: number }

/** Reads the lines of one long-lived `nvidia-smi -l 1`: what stands in for NVML where the library cannot be used. */
export class NvidiaSmiGpuProbe implements GpuProbe {
  readonly #command: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #limits: { timeoutMs: number; staleMs: number; hangMs: number; processesEveryMs: number };
  readonly #seen = new Map<string, Seen>();
  #fields: readonly SmiField[] = SMI_FIELDS;
  #loop: NvidiaSmiLoop | null = null;
  #round = 0;
  #lastIndex = -1;
  #startedAtMs = 0;
  #lineAtMs: number | null = null;
  #end: { atMs: number; failures: number; isMissing: boolean; reason: string } | null = null;
  #processes: ReadonlyMap<string, GpuProcess[]> | null = null;
  #processesAtMs = Number.NEGATIVE_INFINITY;
  #cudaVersion: string | null = null;
  readonly #waiting = new Set<() => void>();

  constructor({ log, clock = systemClock, command = 'nvidia-smi', timeoutMs = 3_000, staleMs = 3_500, hangMs = 30_000, processesEveryMs = 5_000 }: NvidiaSmiGpuProbeOptions) {
    this.#command = command;
    this.#clock = clock;
    this.#log = log;
    this.#limits = { timeoutMs, staleMs, hangMs, processesEveryMs };
  }

  async read(): Promise<GpuFacts> {
    const nowMs = this.#clock.monotonicMs();
    this.#killHanging(nowMs);
    this.#ensureLoop(nowMs);
    if (this.#loop !== null && this.#lineAtMs === null && nowMs - this.#startedAtMs < this.#limits.timeoutMs) await this.#waitForLines();
    if (this.#seen.size > 0) this.#refreshProcesses(nowMs);
    return this.#toFacts();
  }

  async stop(): Promise<void> {
    const loop = this.#loop;
    this.#loop = null;
    loop?.kill();
    this.#wake();
  }

  #ensureLoop(nowMs: number): void {
    if (this.#loop !== null) return;
    const delayMs = this.#end === null ? 0 : this.#end.isMissing ? MISSING_AGAIN_MS : decideRestartDelayMs(this.#end.failures);
    if (this.#end !== null && nowMs - this.#end.atMs < delayMs) return;
    const fields = this.#fields;
    this.#startedAtMs = nowMs;
    this.#lastIndex = -1;
    const loop: NvidiaSmiLoop = new NvidiaSmiLoop({
      command: this.#command, args: [`--query-gpu=${fields.join(',')}`, CSV, '-l', '1'],
      onLine: (line) => { if (loop === this.#loop) this.#accept(loop, line, fields); },
      onEnd: (end) => { if (loop === this.#loop) this.#accountEnd(end); },
    });
    this.#loop = loop;
  }

  #accept(loop: NvidiaSmiLoop, line: string, fields: readonly SmiField[]): void {
    if (!/^(GPU|MIG)-/.test(line)) {
      loop.keepWords(line);
      return;
    }
    const gpu = this.#parse(line, fields);
    if (gpu === null) return;
    if (gpu.index <= this.#lastIndex) this.#round += 1;
    this.#lastIndex = gpu.index;
    this.#lineAtMs = this.#clock.monotonicMs();
    this.#seen.set(gpu.id, { gpu, round: this.#round, atMs: this.#lineAtMs });
    if (this.#end !== null) this.#end = { ...this.#end, failures: 0 };
    // The first line of a round: its others come with it.
    if (this.#waiting.size > 0) this.#clock.after(50, () => { this.#wake(); });
  }

  #parse(line: string, fields: readonly SmiField[]): Gpu | null {
    try {
      return parseGpuLine(line, fields);
    } catch (error) {
      this.#log.warn('gpu.line_not_understood', { error, line, command: this.#command });
      return null;
    }
  }

  #accountEnd({ isMissing, text }: { isMissing: boolean; text: string }): void {
    this.#loop = null;
    this.#lineAtMs = null;
    const unknown = parseUnknownField(text);
    const failures = unknown === null ? (this.#end?.failures ?? 0) + 1 : 0;
    if (unknown !== null) this.#fields = this.#fields.filter((field) => field !== unknown);
    this.#end = { atMs: this.#clock.monotonicMs(), failures, isMissing, reason: text === '' ? 'nvidia-smi ended' : text };
    if (!isMissing) this.#log.info('gpu.smi_ended', { reason: text, command: this.#command });
    if (unknown === null) this.#wake();
    else this.#ensureLoop(this.#clock.monotonicMs());
  }

  #killHanging(nowMs: number): void {
    const loop = this.#loop;
    if (loop === null || nowMs - Math.max(this.#startedAtMs, this.#lineAtMs ?? 0) < this.#limits.hangMs) return;
    this.#accountEnd({ isMissing: false, text: 'nvidia-smi did not answer' });
    loop.kill();
  }

  #refreshProcesses(nowMs: number): void {
    if (nowMs - this.#processesAtMs < this.#limits.processesEveryMs) return;
    this.#processesAtMs = nowMs;
    const options = { timeout: this.#limits.hangMs, killSignal: 'SIGKILL', maxBuffer: 4_000_000 } as const;
    const ask = async (): Promise<void> => {
      this.#cudaVersion ??= parseCudaVersion((await execute(this.#command, [], options)).stdout);
      const { stdout } = await execute(this.#command, ['--query-compute-apps=gpu_uuid,pid,used_memory', CSV], options);
      const lines = stdout.split('\n').filter((line) => line.startsWith('GPU-')).map(parseProcessLine);
      this.#processes = new Map([...Map.groupBy(lines, ({ gpuUuid }) => gpuUuid)].map(([uuid, found]) => [uuid, found.map(({ process }) => process)]));
    };
    ask().catch((error: unknown) => { this.#log.warn('gpu.processes_not_read', { error, command: this.#command }); });
  }

  #waitForLines(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => { cancel(); this.#waiting.delete(done); resolve(); };
      const cancel = this.#clock.after(this.#limits.timeoutMs, done);
      this.#waiting.add(done);
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  #toFacts(): GpuFacts {
    const nowMs = this.#clock.monotonicMs();
    const ageMs = this.#lineAtMs === null ? nowMs - Math.max(0, ...[...this.#seen.values()].map(({ atMs }) => atMs)) : nowMs - this.#lineAtMs;
    const source: GpuSource = { vendor: 'nvidia', via: 'nvidia-smi', state: this.#toState(ageMs), ageMs: this.#seen.size === 0 ? 0 : Math.round(ageMs), reason: this.#loop === null ? this.#end?.reason ?? null : null };
    if (source.state === 'absent' || source.state === 'failed') return toFacts([], source);
    // A device that two whole rounds left out has gone.
    const gpus = [...this.#seen.values()].filter(({ round }) => round >= this.#round - 1).map(({ gpu }) => ({ ...gpu, cudaVersion: this.#cudaVersion, processes: this.#processes === null ? null : this.#processes.get(gpu.id) ?? [] }));
    return toFacts(gpus.toSorted((a, b) => a.index - b.index), source);
  }

  #toStateWithoutProgram(): GpuSource['state'] {
    if (this.#end?.isMissing === true) return 'absent';
    return this.#seen.size === 0 || (this.#end?.failures ?? 0) >= 3 ? 'failed' : 'slow';
  }

  #toState(ageMs: number): GpuSource['state'] {
    if (this.#loop === null) return this.#toStateWithoutProgram();
    return this.#seen.size === 0 || ageMs > this.#limits.staleMs ? 'slow' : 'ok';
  }
}
