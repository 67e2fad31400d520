import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { EngineConfigInput } from '../../../../src-main/platform/llama/engineProtocol.ts';
import { toServerArgs } from '../../../../src-main/platform/llama/llamaServerArgs.ts';
import { aLaunch } from '../../../support/llamaWorld.ts';
import { findLlamaServer } from '../../../support/llamaServer.ts';
import { createPlace, read, type Place } from './place.ts';

/** What an engine is started with, by Wheelhouse and by hand alike. */
export interface EngineSpec { readonly name: string; readonly modelPath: string; readonly contextTokens: number; readonly slots: number; readonly extraArgs?: readonly string[] }

const SECRET = 'for-the-bench';
const HEADERS = { authorization: `Bearer ${SECRET}` };
const POLL_MS = 2;
const engineEntry = fileURLToPath(new URL('../../../../src-main/llamaEngine/main.ts', import.meta.url));

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** An engine as one would run it by hand, with nothing of Wheelhouse around it. */
export class DirectEngine {
  readonly place: Place;
  readonly #child: Child;

  private constructor(child: Child, place: Place) {
    this.#child = child;
    this.place = place;
  }

  /** Starts it and resolves as soon as it can answer. */
  static start(kind: 'llama-server' | 'embedded', spec: EngineSpec): Promise<DirectEngine> {
    return kind === 'llama-server' ? DirectEngine.#startServer(spec) : DirectEngine.#startEmbedded(spec);
  }

  static async #startServer({ extraArgs = [], ...spec }: EngineSpec): Promise<DirectEngine> {
    const program = findProgram();
    const args = toServerArgs({ ...aLaunch({ ...spec, settings: { extraArgs: [...extraArgs] } }), modelPath: spec.modelPath }, { socketPath: null, templatePath: null }, () => true);
    return DirectEngine.startProgram(program, args, spec.name);
  }

  /** Starts a llama-server with these arguments, which have to hold a port of 0. */
  static async startProgram(program: string, args: readonly string[], model: string): Promise<DirectEngine> {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, LLAMA_API_KEY: SECRET } });
    const port = await readLine(child, /listening on http:\/\/127\.0\.0\.1:(\d+)/);
    const engine = new DirectEngine(child, createPlace(`http://127.0.0.1:${port}`, model, HEADERS));
    while ((await read(engine.place, '/health')).status !== 200) await delay(POLL_MS);
    return engine;
  }

  static async #startEmbedded({ name, modelPath, contextTokens, slots }: EngineSpec): Promise<DirectEngine> {
    const child = spawn(process.execPath, [engineEntry], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, CUDA_VISIBLE_DEVICES: '' } });
    const config: EngineConfigInput = { listen: { port: 0 }, secret: SECRET, name, modelPath, contextTokens, slots, threads: 1 };
    child.stdin.write(`${JSON.stringify(config)}\n`);
    const isReady = readLine(child, /"event":"(ready)"/);
    const port = await readLine(child, /"event":"listening","port":(\d+)/);
    await isReady;
    return new DirectEngine(child, createPlace(`http://127.0.0.1:${port}`, name, HEADERS));
  }

  /** TERM; resolves when it has ended. */
  async stop(): Promise<void> {
    this.place.agent.destroy();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }
}

/** The key that an engine of `start` wants, by the name of a variable for Wheelhouse. */
export const engineKey = { variable: 'WHEELHOUSE_BENCH_ENGINE_KEY', value: SECRET };

export function findProgram(): string {
  const program = findLlamaServer();
  if (program === null) throw new Error('llama-server is not built');
  return program;
}

/** What the first line that matches holds. @throws Error with its last lines when it ends before */
function readLine(child: Child, pattern: RegExp): Promise<string> {
  const tail: string[] = [];
  return new Promise((resolve, reject) => {
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        tail.push(line);
        tail.splice(0, tail.length - 20);
        const found = pattern.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      });
    }
    child.once('error', reject);
    child.once('exit', () => { reject(new Error(`the engine ended: ${tail.join('\n')}`)); });
  });
}
