import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createId } from '../../base/ids.ts';
import { engineEvent, type EngineConfigInput, type EngineEvent } from './engineProtocol.ts';
import { createEngineSocket, toPortEndpoint } from './engineSocket.ts';
import { readFailure } from './failureText.ts';
import { createLogReader } from './logReader.ts';
import type { LlamaLaunch } from './llamaLaunch.ts';
import { LlamaProcess, type LineSink, type LlamaExit, type LlamaProcessDeps } from './llamaProcess.ts';

export interface LlamaEngineDeps extends LlamaProcessDeps {
  /** The Node that runs the child, and its entry file. */
  readonly executablePath: string;
  readonly entryPath: string;
  /** The data folder. */
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
}

export type Availability = { readonly kind: 'there'; readonly version: string | null } | { readonly kind: 'missing'; readonly reason: string };

/** Starts the embedded engine: node-llama-cpp in a child process for each model. */
export class LlamaEngineStarter {
  readonly kind = 'embedded';
  readonly #deps: LlamaEngineDeps;

  constructor(deps: LlamaEngineDeps) {
    this.#deps = deps;
  }

  async readAvailability(): Promise<Availability> {
    if (!existsSync(this.#deps.entryPath)) return { kind: 'missing', reason: 'its program is not part of this installation' };
    try {
      const manifest: unknown = JSON.parse(await readFile(new URL('../package.json', import.meta.resolve('node-llama-cpp')), 'utf8'));
      const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest && typeof manifest.version === 'string' ? manifest.version : null;
      return { kind: 'there', version };
    } catch (error) {
      return { kind: 'missing', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Returns at once and does not throw: what goes wrong is an exit. */
  start(launch: LlamaLaunch): LlamaProcess {
    const { clock, executablePath, entryPath, home, environment } = this.#deps;
    const mark = createId('engine', clock.nowMs());
    const socket = createEngineSocket({ home, mark, hasPipes: true });
    const readLog = createLogReader();
    let failed: LlamaExit['failure'] = null;
    return new LlamaProcess(this.#deps, {
      kind: 'embedded', mark, endpoint: socket.endpoint,
      command: launch.modelPath === null ? null : { command: executablePath, args: [entryPath] },
      problem: 'there is no model file',
      environment: { ...environment, ...launch.environment, ELECTRON_RUN_AS_NODE: '1' },
      input: `${JSON.stringify(toEngineConfig(launch, socket))}\n`,
      files: socket.path === null || process.platform === 'win32' ? [] : [socket.path],
      readLine: (line, sink) => {
        const event = parseEvent(line);
        if (event?.event === 'failed' && event.reason !== 'other') failed = event.reason;
        if (event?.event === 'listening' && event.port !== null) sink.listening(toPortEndpoint(event.port, socket.secret));
        if (event) tell(event, sink);
        else readLog(line, sink);
      },
      readFailure: (tail) => failed ?? readFailure(tail.join('\n')),
    });
  }
}

function toEngineConfig(launch: LlamaLaunch, socket: { path: string | null; secret: string }): EngineConfigInput {
  const { settings } = launch;
  return {
    listen: socket.path === null ? { port: 0 } : { socketPath: socket.path }, secret: socket.secret,
    name: launch.name, modelPath: launch.modelPath ?? '', purpose: launch.purpose,
    contextTokens: launch.contextTokens, slots: launch.slots, threads: launch.threads, batchTokens: settings.batchTokens,
    kvTypeK: settings.kvTypeK, kvTypeV: settings.kvTypeV, flashAttention: settings.flashAttention,
    gpu: launch.gpuLayers > 0 ? 'auto' : false, gpuLayers: launch.gpuLayers,
    adapters: launch.adapters.map(({ path, scale }) => ({ path, scale })), chatTemplate: settings.chatTemplate,
  };
}

function tell(event: EngineEvent, sink: LineSink): void {
  switch (event.event) {
    case 'log': sink.log(event.line); return;
    case 'failed': sink.log(event.message); return;
    case 'progress': sink.report({ kind: 'progress', progress: event.progress }); return;
    case 'ready': sink.report({ kind: 'layers', gpuLayers: event.gpuLayers, layerCount: event.layerCount }); sink.report({ kind: 'loaded' }); return;
    case 'listening': return;
  }
}

/** Null for a line that is no event, such as llama.cpp's own. */
function parseEvent(line: string): EngineEvent | null {
  if (!line.startsWith('{')) return null;
  try {
    return engineEvent.safeParse(JSON.parse(line)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
