import type { Event } from '../../../base/emitter.ts';
import { Emitter } from '../../../base/emitter.ts';
import type { Engine, EngineEndpoint, EngineExit, EngineHealth, EngineLaunch, EngineReport, EngineStarter } from './enginePort.ts';

/** What a container of an inference server is run with. Paths are absolute; `mounts` are read-only. */
export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly { readonly source: string; readonly target: string }[];
  /** The port inside; it is published on a free one of 127.0.0.1. */
  readonly port: number;
  readonly gpuEnvironment: Readonly<Record<string, string>>;
}

export interface RunningContainer {
  readonly id: string;
  /** On 127.0.0.1. */
  readonly port: number;
  /** Its first process as this machine sees it; null where that is not known. */
  readonly pid: number | null;
  readonly logs: Event<string>;
  readonly onDidExit: Event<{ readonly code: number | null }>;
  stop(options?: { graceMs?: number }): Promise<void>;
}

/** Runs containers. */
export interface ContainerRuntime {
  /** Why it cannot; null when it can. */
  readProblem(): Promise<string | null>;
  /** Rejects when the image cannot be had or the container does not start. */
  run(spec: ContainerSpec): Promise<RunningContainer>;
}

interface ContainerDeps {
  /** Null where there is none on this machine. */
  readonly runtime: ContainerRuntime | null;
  readonly fetch: typeof fetch;
}

const MODEL_TARGET = '/model';
const TAIL_LINES = 200;

/** vLLM, Triton, Ollama and whatever else serves OpenAI's protocol from an image. */
export class ContainerEngineStarter implements EngineStarter {
  readonly kind = 'container';
  readonly #deps: ContainerDeps;

  constructor(deps: ContainerDeps) {
    this.#deps = deps;
  }

  async readAvailability(): ReturnType<EngineStarter['readAvailability']> {
    const { runtime } = this.#deps;
    const problem = runtime === null ? 'no container engine is set up' : await runtime.readProblem();
    return problem === null ? { kind: 'there', version: null } : { kind: 'missing', reason: problem };
  }

  start(launch: EngineLaunch): Engine {
    return new ContainerEngine(this.#deps, launch);
  }
}

class ContainerEngine implements Engine {
  readonly kind = 'container';
  readonly mark = null;
  readonly #deps: ContainerDeps;
  readonly #didReport = new Emitter<EngineReport>();
  readonly #didExit = new Emitter<EngineExit>();
  readonly #tail: string[] = [];
  readonly #starting: Promise<RunningContainer | null>;
  #container: RunningContainer | null = null;
  #isOver = false;

  readonly onDidReport = this.#didReport.event;
  readonly onDidExit = this.#didExit.event;

  constructor(deps: ContainerDeps, launch: EngineLaunch) {
    this.#deps = deps;
    this.#starting = this.#start(launch);
  }

  get pid(): number | null {
    return this.#container?.pid ?? null;
  }

  getEndpoint(): EngineEndpoint | null {
    return this.#container === null || this.#isOver ? null : { origin: `http://127.0.0.1:${this.#container.port}`, socketPath: null, headers: {} };
  }

  async readHealth(signal: AbortSignal): Promise<EngineHealth> {
    const endpoint = this.getEndpoint();
    if (endpoint === null) return { kind: 'silent' };
    try {
      const response = await this.#deps.fetch(`${endpoint.origin}/v1/models`, { signal });
      await response.body?.cancel();
      return response.ok ? { kind: 'ready' } : { kind: 'loading', progress: null };
    } catch (error) {
      // What does not listen yet is no error: the next question comes soon.
      return error instanceof Error ? { kind: 'silent' } : Promise.reject(toError(error));
    }
  }

  readResident(): Promise<null> {
    return Promise.resolve(null);
  }

  async stop(options?: { graceMs?: number }): Promise<void> {
    this.#isOver = true;
    await (await this.#starting)?.stop(options);
  }

  async #start(launch: EngineLaunch): Promise<RunningContainer | null> {
    const { runtime } = this.#deps;
    const spec = toSpec(launch);
    if (runtime === null || spec === null) { queueMicrotask(() => { this.#end({ code: null, failure: 'missing_engine' }, 'no container engine is set up'); }); return null; }
    try {
      const container = await runtime.run(spec);
      this.#container = container;
      container.logs((line) => { this.#addLine(line); });
      container.onDidExit(({ code }) => { this.#end({ code, failure: toFailure(this.#tail) }, null); });
      return container;
    } catch (error) {
      this.#end({ code: null, failure: 'spawn_failed' }, toError(error).message);
      return null;
    }
  }

  #addLine(line: string): void {
    this.#tail.push(line);
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
    this.#didReport.fire({ kind: 'log', line });
  }

  #end(exit: Pick<EngineExit, 'code' | 'failure'>, line: string | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (line !== null) this.#addLine(line);
    this.#didExit.fire({ ...exit, signal: null, tail: [...this.#tail] });
  }
}

/** `{model}` in an argument is the path of the weights inside. */
function toSpec({ name, settings: { container }, modelPath, environment }: EngineLaunch): ContainerSpec | null {
  if (container === null) return null;
  const folder = modelPath?.replace(/[/\\][^/\\]+$/, '') ?? null;
  const file = modelPath?.split(/[/\\]/).at(-1) ?? '';
  const inside = file.endsWith('.gguf') ? `${MODEL_TARGET}/${file}` : MODEL_TARGET;
  return {
    name, image: container.image, args: container.args.map((arg) => arg.replaceAll('{model}', inside)), environment: container.environment, port: container.port,
    mounts: folder === null ? [] : [{ source: folder, target: MODEL_TARGET }], gpuEnvironment: environment,
  };
}

function toFailure(tail: readonly string[]): EngineExit['failure'] {
  return tail.some((line) => /out of memory|OutOfMemoryError/i.test(line)) ? 'out_of_memory' : null;
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('it failed', { cause: reason });
}
