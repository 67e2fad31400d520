import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { engineConfig, type EngineConfig } from '../platform/llama/engineProtocol.ts';
import { tell } from './engineEvents.ts';
import { EngineServer, type LoadState } from './engineServer.ts';
import { loadModel, type LoadedModel } from './loadedModel.ts';
import { readFailure } from '../platform/llama/failureText.ts';
import { MemoryLog } from '../platform/llama/memoryLog.ts';

const STOP_MS = 5_000;
/** How long the figures of a load are waited for. */
const LOG_WAIT_MS = 200;
const PROGRESS_STEP = 0.01;

/** Runs one engine to its end. */
export async function runEngine(): Promise<void> {
  const config = await readConfig();
  if (!config) endAtOnce();
  let state: LoadState = { kind: 'loading', progress: 0 };
  const server = new EngineServer(config, () => state);
  process.on('SIGTERM', () => { stop(server, state).catch(endAtOnce); });
  process.on('SIGINT', () => undefined);
  const memory = new MemoryLog();
  try {
    tell({ event: 'listening', port: await server.listen() });
    const loaded = await loadModel(config, {
      progress: (progress) => {
        if (state.kind === 'loading' && progress - state.progress < PROGRESS_STEP && progress < 1) return;
        state = { kind: 'loading', progress };
        tell({ event: 'progress', progress });
      },
      log: (level, text) => { for (const line of text.split('\n')) takeLine(memory, level, line); },
    });
    await waitForMemory(memory);
    state = { kind: 'ready', loaded };
    tellReady(loaded);
  } catch (error) {
    const message = [...lastErrors, error instanceof Error ? error.message : String(error)].join('\n');
    tell({ event: 'failed', reason: readFailure(message) ?? 'other', message });
    process.exit(1);
  }
}

/** The first line of the input. The input's end at any time later means that the parent is gone. */
function readConfig(): Promise<EngineConfig | null> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: process.stdin });
    lines.once('line', (line) => {
      try {
        resolve(engineConfig.parse(JSON.parse(line)));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    lines.once('close', () => { resolve(null); endAtOnce(); });
  });
}

/** Native code may be at work, and leaving the process in good order would wait for it or crash. */
function endAtOnce(): never {
  process.kill(process.pid, 'SIGKILL');
  process.exit(1);
}

async function stop(server: EngineServer, state: LoadState): Promise<void> {
  setTimeout(endAtOnce, STOP_MS).unref();
  await server.stop();
  if (state.kind === 'ready') await state.loaded.llama.dispose();
  process.exit(0);
}

/** llama.cpp's last lines arrive a moment after it has loaded. */
async function waitForMemory(memory: MemoryLog): Promise<void> {
  const deadline = performance.now() + LOG_WAIT_MS;
  while (!memory.isWhole && performance.now() < deadline) await delay(2);
}

function tellReady({ model, config, generation }: LoadedModel): void {
  tell({ event: 'ready', contextTokens: generation?.context.contextSize ?? config.contextTokens, gpuLayers: model.gpuLayers, layerCount: model.fileInsights.totalLayers });
}

const MOST_ERRORS = 20;
const lastErrors: string[] = [];

function takeLine(memory: MemoryLog, level: string, line: string): void {
  if (/^\.*$/.test(line)) return;
  tell({ event: 'log', level, line });
  if (level === 'error' || level === 'fatal') lastErrors.splice(0, lastErrors.length, ...[...lastErrors, line].slice(-MOST_ERRORS));
  if (memory.take(line)) tell({ event: 'memory', ...memory.read() });
}
