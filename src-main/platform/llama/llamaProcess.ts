import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import type { ProcessTable } from '../process/processTable.ts';
import { readEngineHealth, type EngineEndpoint, type EngineHealth } from './engineHealth.ts';
import type { Command } from './guardedCommand.ts';
import type { LlamaMemory } from './memoryLog.ts';

/** What an engine says about itself as it goes; bytes as its own log has them. */
export type LlamaReport =
  | { readonly kind: 'log'; readonly line: string }
  | { readonly kind: 'progress'; readonly progress: number }
  | { readonly kind: 'memory'; readonly gpu: LlamaMemory; readonly ram: LlamaMemory }
  | { readonly kind: 'layers'; readonly gpuLayers: number; readonly layerCount: number }
  /** It says that it has loaded. What its health says still decides. */
  | { readonly kind: 'loaded' };

export interface LlamaExit { readonly code: number | null; readonly signal: string | null; readonly tail: readonly string[]; readonly failure: 'out_of_memory' | 'unreadable' | 'spawn_failed' | null }

export interface LlamaProcessDeps { readonly clock: Clock; readonly processes: Pick<ProcessTable, 'readTree' | 'readMappedFileBytes' | 'signalTree'> }

/** What a process tree has in memory. `mappedFileBytes`: the part of it that the system could drop and counts as available. */
export interface ResidentMemory { readonly residentBytes: number; readonly mappedFileBytes: number }

/** What the line reader of one kind of engine may do. */
export interface LineSink {
  log(line: string): void;
  report(report: LlamaReport): void;
  listening(endpoint: EngineEndpoint): void;
}

/** How one engine is run. */
export interface LlamaProcessPlan {
  readonly kind: 'embedded' | 'llama-server';
  readonly mark: string;
  /** Null where there is nothing to start; `problem` says why. */
  readonly command: Command | null;
  readonly problem?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Written to its input, which stays open as long as this process lives. */
  readonly input: string | null;
  /** Known before it listens for a local socket. */
  readonly endpoint: EngineEndpoint | null;
  /** Deleted when it has ended. */
  readonly files: readonly string[];
  readonly readLine: (line: string, sink: LineSink) => void;
  readonly readFailure: (tail: readonly string[]) => LlamaExit['failure'];
}

const TAIL_LINES = 200;
const GRACE_MS = 10_000;
/** A llama-server that is still answering takes the second TERM as the order to leave at once. */
const SECOND_TERM_MS = 1_500;
const GROUP_WAIT_MS = 5_000;
const GROUP_POLL_MS = 50;

/** One engine's process, in a group of its own, from its start to its end. */
export class LlamaProcess {
  readonly kind: 'embedded' | 'llama-server';
  readonly mark: string;
  readonly #deps: LlamaProcessDeps;
  readonly #plan: LlamaProcessPlan;
  readonly #child: ChildProcess | null;
  readonly #didReport = new Emitter<LlamaReport>();
  readonly #didExit = new Emitter<LlamaExit>();
  readonly #tail: string[] = [];
  readonly #ended = Promise.withResolvers<undefined>();
  #endpoint: EngineEndpoint | null;
  #stopping: Promise<void> | null = null;

  readonly onDidReport = this.#didReport.event;
  /** Fires once, also for a process that could not be started. */
  readonly onDidExit = this.#didExit.event;

  /** Starts it at once. */
  constructor(deps: LlamaProcessDeps, plan: LlamaProcessPlan) {
    this.#deps = deps;
    this.#plan = plan;
    this.kind = plan.kind;
    this.mark = plan.mark;
    this.#endpoint = plan.endpoint;
    this.#child = plan.command === null ? null : this.#spawn(plan.command);
    if (this.#child === null) queueMicrotask(() => { this.#end({ code: null, signal: null, line: plan.problem ?? 'there is nothing to start' }); });
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  getEndpoint(): EngineEndpoint | null {
    return this.#endpoint;
  }

  async readHealth(signal: AbortSignal): Promise<EngineHealth> {
    return this.#endpoint === null ? { kind: 'silent' } : readEngineHealth(this.#endpoint, signal);
  }

  /** Memory of its processes now; null when there are none. */
  async readResident(): Promise<ResidentMemory | null> {
    if (this.pid === null) return null;
    const { processes } = this.#deps;
    const tree = await processes.readTree({ rootPid: this.pid, mark: this.mark });
    if (tree.entries.length === 0) return null;
    return { residentBytes: tree.entries.reduce((sum, { rssBytes }) => sum + rssBytes, 0), mappedFileBytes: await processes.readMappedFileBytes(tree) };
  }

  /** TERM, for a busy llama-server twice, then KILL to the whole group; resolves when the last process is gone. */
  stop({ graceMs = GRACE_MS }: { graceMs?: number } = {}): Promise<void> {
    this.#stopping ??= this.#stop(graceMs);
    return this.#stopping;
  }

  #spawn({ command, args }: Command): ChildProcess | null {
    const { environment, input, mark } = this.#plan;
    const child = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...environment, WHEELHOUSE_RUN_ID: mark }, detached: process.platform !== 'win32', windowsHide: true });
    child.on('error', (error) => { if (child.pid === undefined) this.#end({ code: null, signal: null, line: error.message }); });
    child.once('close', (code, signal) => { this.#end({ code, signal, line: null }); });
    child.stdin.on('error', () => { child.stdin.destroy(); });
    if (input !== null) child.stdin.write(input);
    for (const output of [child.stdout, child.stderr]) this.#readLines(output);
    return child;
  }

  #readLines(output: Readable): void {
    const sink: LineSink = {
      log: (line) => {
        this.#tail.push(line);
        if (this.#tail.length > TAIL_LINES) this.#tail.shift();
        this.#didReport.fire({ kind: 'log', line });
      },
      report: (report) => { this.#didReport.fire(report); },
      listening: (endpoint) => { this.#endpoint = endpoint; },
    };
    createInterface({ input: output }).on('line', (line) => { this.#plan.readLine(line, sink); });
  }

  #end({ code, signal, line }: { code: number | null; signal: string | null; line: string | null }): void {
    if (line !== null) this.#tail.push(line);
    for (const file of this.#plan.files) rmSync(file, { force: true });
    this.#endpoint = null;
    this.#ended.resolve(undefined);
    this.#didExit.fire({ code, signal, tail: [...this.#tail], failure: line !== null ? 'spawn_failed' : this.#plan.readFailure(this.#tail) });
  }

  async #stop(graceMs: number): Promise<void> {
    const { clock } = this.#deps;
    if (this.pid === null) return;
    this.#signal('SIGTERM');
    const cancels = [
      clock.after(Math.min(SECOND_TERM_MS, graceMs / 2), () => { this.#signal('SIGTERM'); }),
      clock.after(graceMs, () => { this.#signal('SIGKILL'); }),
    ];
    await this.#ended.promise;
    for (const cancel of cancels) cancel();
    await this.#endGroup(this.pid);
  }

  /** What the program left behind in its group or with its mark. */
  async #endGroup(pid: number): Promise<void> {
    const { clock, processes } = this.#deps;
    const deadline = clock.monotonicMs() + GROUP_WAIT_MS;
    for (;;) {
      const tree = await processes.readTree({ rootPid: pid, mark: this.mark });
      if (tree.entries.length === 0 || clock.monotonicMs() > deadline) return;
      await processes.signalTree(tree, 'SIGKILL');
      await clock.sleep(GROUP_POLL_MS);
    }
  }

  /** The whole group; what has gone in the meantime needs no signal. */
  #signal(signal: NodeJS.Signals): void {
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      if (process.platform === 'win32') child.kill(signal);
      else process.kill(-child.pid, signal);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}
