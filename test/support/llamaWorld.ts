import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src-main/base/clock.ts';
import { findSetpriv } from '../../src-main/platform/llama/guardedCommand.ts';
import { LlamaEngineStarter } from '../../src-main/platform/llama/llamaEngineStarter.ts';
import type { LlamaLaunch } from '../../src-main/platform/llama/llamaLaunch.ts';
import type { LlamaExit, LlamaProcess, LlamaReport } from '../../src-main/platform/llama/llamaProcess.ts';
import { LlamaServerStarter } from '../../src-main/platform/llama/llamaServerStarter.ts';
import { createProcessTable } from '../../src-main/platform/process/createProcessTable.ts';
import { findLlamaServer } from './llamaServer.ts';
import { waitFor } from './waitFor.ts';

const entryPath = fileURLToPath(new URL('../../src-main/llamaEngine/main.ts', import.meta.url));

/** An answer of an engine; `json` is null where it is a stream or no JSON. */
export interface EngineAnswer { readonly status: number; readonly text: string; readonly json: Record<string, unknown> | null; readonly events: readonly Record<string, unknown>[] }

/** Launch facts with what a test leaves out filled in: one thread, the processor alone. */
export function aLaunch(launch: Partial<Omit<LlamaLaunch, 'settings'>> & { modelPath: string; settings?: Partial<LlamaLaunch['settings']> }): LlamaLaunch {
  return {
    name: 'tiny', mmprojPath: null, draftPath: null, adapters: [], contextTokens: 1_024, slots: 2, gpuLayers: 0, threads: 1, purpose: 'generate', environment: {},
    ...launch,
    settings: { kvTypeK: 'f16', kvTypeV: 'f16', splitMode: 'layer', tensorSplit: null, batchTokens: 512, flashAttention: 'auto', chatTemplate: null, draft: null, extraArgs: [], ...launch.settings },
  };
}

/** One running engine and what it said. */
export class StartedEngine {
  readonly process: LlamaProcess;
  readonly reports: LlamaReport[] = [];
  exit: LlamaExit | null = null;

  constructor(started: LlamaProcess) {
    this.process = started;
    started.onDidReport((report) => { this.reports.push(report); });
    started.onDidExit((exit) => { this.exit = exit; });
  }

  get memory(): Extract<LlamaReport, { kind: 'memory' }> | undefined {
    return this.reports.findLast((report) => report.kind === 'memory');
  }

  /** Waits until it answers requests; what made it end instead is the error. */
  async whenReady(): Promise<this> {
    await waitFor(async () => this.exit !== null || (await this.process.readHealth(AbortSignal.timeout(5_000))).kind === 'ready', { timeoutMs: 60_000, what: 'an engine that is ready' });
    if (this.exit) throw new Error(`the engine ended: ${this.exit.tail.join('\n')}`);
    return this;
  }

  /** Calls it. `onText` gets the answer as it comes; the signal breaks it off. */
  call(method: string, path: string, body?: unknown, { onText, signal }: { onText?: (text: string) => void; signal?: AbortSignal } = {}): Promise<EngineAnswer> {
    const endpoint = this.process.getEndpoint();
    if (!endpoint) throw new Error('it has no endpoint');
    const { hostname, port } = new URL(endpoint.origin);
    return new Promise((resolve, reject) => {
      const asking = request({ ...(endpoint.socketPath === null ? { hostname, port } : { socketPath: endpoint.socketPath }), method, path, headers: { ...endpoint.headers, 'content-type': 'application/json' }, ...(signal ? { signal } : {}) }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
          onText?.(text);
        });
        response.on('error', reject);
        response.on('end', () => { resolve(toAnswer(response.statusCode ?? 0, text)); });
      });
      asking.on('error', reject);
      asking.end(typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body));
    });
  }

  chat(body: object, options: { signal?: AbortSignal } = {}): Promise<EngineAnswer> {
    return this.call('POST', '/v1/chat/completions', { messages: [{ role: 'user', content: 'hi' }], ...body }, options);
  }

  async countBusySlots(): Promise<number> {
    const slots: unknown = JSON.parse((await this.call('GET', '/slots')).text);
    return Array.isArray(slots) ? slots.filter((slot: { is_processing?: boolean }) => slot.is_processing).length : 0;
  }
}

function toAnswer(status: number, text: string): EngineAnswer {
  const events = text.split('\n\n').flatMap((event) => /^data: (\{.*)$/m.exec(event)?.[1] ?? []).map((data) => JSON.parse(data) as Record<string, unknown>);
  return { status, text, events, json: text.startsWith('{') ? JSON.parse(text) as Record<string, unknown> : null };
}

/** A data folder and the engines started in it. Dispose it at the end: all of them stop. */
export class LlamaWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'wheelhouse-llama-'));
  readonly processes = createProcessTable();
  readonly embedded: LlamaEngineStarter;
  readonly server: LlamaServerStarter;
  readonly #started: StartedEngine[] = [];

  constructor() {
    const environment = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
    const shared = { clock: systemClock, processes: this.processes, home: this.folder, environment };
    this.embedded = new LlamaEngineStarter({ ...shared, executablePath: process.execPath, entryPath });
    this.server = new LlamaServerStarter({ ...shared, setprivPath: findSetpriv(), findProgram: async () => findLlamaServer() });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  start(starter: { start: (launch: LlamaLaunch) => LlamaProcess }, launch: LlamaLaunch): StartedEngine {
    const engine = new StartedEngine(starter.start(launch));
    this.#started.push(engine);
    return engine;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#started.map((engine) => engine.process.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
