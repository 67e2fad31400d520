import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createId } from '../../base/ids.ts';
import { createEngineSocket, getTemplatePath, toPortEndpoint } from './engineSocket.ts';
import { readFailure } from './failureText.ts';
import { guardCommand } from './guardedCommand.ts';
import { createLogReader } from './logReader.ts';
import type { Availability } from './llamaEngineStarter.ts';
import type { LlamaLaunch } from './llamaLaunch.ts';
import { LlamaProcess, type LineSink, type LlamaProcessDeps, type LlamaProcessPlan } from './llamaProcess.ts';
import { toServerArgs } from './llamaServerArgs.ts';
import { readLlamaServerProgram, type LlamaServerProgram } from './llamaServerProgram.ts';

export interface LlamaServerDeps extends LlamaProcessDeps {
  /** Where the program is now; null where it is not. */
  readonly findProgram: () => Promise<string | null>;
  /** The data folder. */
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
  /** `findSetpriv` tells; null takes a shell in its place. */
  readonly setprivPath: string | null;
}

/** Starts llama-server processes. */
export class LlamaServerStarter {
  readonly kind = 'llama-server';
  readonly #deps: LlamaServerDeps;
  #program: LlamaServerProgram | null = null;

  constructor(deps: LlamaServerDeps) {
    this.#deps = deps;
  }

  /** Looks for the program again; what it finds is what the next start takes. */
  async readAvailability(): Promise<Availability> {
    const path = await this.#deps.findProgram();
    if (path === null) {
      this.#program = null;
      return { kind: 'missing', reason: 'llama-server was not found' };
    }
    try {
      if (this.#program?.path !== path) this.#program = await readLlamaServerProgram(path);
      return { kind: 'there', version: this.#program.version };
    } catch (error) {
      this.#program = null;
      return { kind: 'missing', reason: `${path} cannot be run: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  /** Returns at once and does not throw: what goes wrong is an exit. */
  start(launch: LlamaLaunch): LlamaProcess {
    const { clock, environment } = this.#deps;
    const mark = createId('engine', clock.nowMs());
    const common = { kind: 'llama-server' as const, mark, input: null, readFailure: (tail: readonly string[]) => readFailure(tail.join('\n')) };
    const { modelPath } = launch;
    if (this.#program === null || modelPath === null) {
      const problem = modelPath === null ? 'there is no model file' : 'llama-server was not found';
      return new LlamaProcess(this.#deps, { ...common, command: null, problem, environment: {}, endpoint: null, files: [], readLine: () => undefined });
    }
    const prepared = this.#prepare(this.#program, { ...launch, modelPath }, mark);
    return new LlamaProcess(this.#deps, { ...common, ...prepared, environment: { ...environment, ...launch.environment, ...prepared.environment } });
  }

  #prepare(program: LlamaServerProgram, launch: LlamaLaunch & { modelPath: string }, mark: string): Pick<LlamaProcessPlan, 'command' | 'environment' | 'endpoint' | 'files' | 'readLine'> {
    const { home, setprivPath } = this.#deps;
    const socket = createEngineSocket({ home, mark, hasPipes: false });
    const templatePath = launch.settings.chatTemplate === null ? null : writeTemplate(getTemplatePath(home, mark), launch.settings.chatTemplate);
    const args = toServerArgs(launch, { socketPath: socket.path, templatePath }, (flag) => program.isKnown(flag));
    return {
      command: guardCommand({ command: program.path, args }, { platform: process.platform, setprivPath }),
      environment: { LLAMA_API_KEY: socket.secret },
      endpoint: socket.endpoint,
      files: [socket.path, templatePath].filter((file) => file !== null),
      readLine: createServerLineReader(socket.secret),
    };
  }
}

function writeTemplate(path: string, template: string): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, template, { mode: 0o600 });
  return path;
}

/** The last lines before it answers. Source: llama_server of llama.cpp v0.4.0. */
const SAYS_LOADED = /llama_server: (model loaded|listening on )/;

/** Reads a server's log, and from it where it listens. The prefix of time and level is left off. */
function createServerLineReader(secret: string): (line: string, sink: LineSink) => void {
  const readLog = createLogReader();
  return (raw, sink) => {
    const line = raw.replace(/^[\d.]+ [A-Z] /, '');
    readLog(line, sink);
    const [, port] = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(line) ?? [];
    if (port !== undefined) sink.listening(toPortEndpoint(Number(port), secret));
    if (SAYS_LOADED.test(line)) sink.report({ kind: 'loaded' });
  };
}
