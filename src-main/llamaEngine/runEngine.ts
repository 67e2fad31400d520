import { createInterface } from 'node:readline';
import { engineConfig, type EngineConfig } from '../platform/llama/engineProtocol.ts';
import { tell, tellFailure } from './engineEvents.ts';
import { EngineServer, type LoadState } from './engineServer.ts';
import { loadModel, type LoadedModel } from './loadedModel.ts';
import { readFailure } from '../platform/llama/failureText.ts';

const STOP_MS = 5_000;
const PROGRESS_STEP = 0.01;

/** Runs one engine to its end. */
export async function runEngine(): Promise<void> {
  const config = await readConfig();
  if (!config) endAtOnce();
  let state: LoadState = { kind: 'loading', progress: 0 };
  const server = new EngineServer(config, () => state);
  process.on('SIGTERM', () => { stop(server, state).catch(endAtOnce); });
  process.on('SIGINT', () => undefined);
  process.stdout.on('error', endAtOnce);
  try {
    tell({ event: 'listening', port: await server.listen() });
    const loaded = await loadModel(config, {
      progress: (progress) => {
        if (state.kind === 'loading' && progress - state.progress < PROGRESS_STEP && progress < 1) return;
        state = { kind: 'loading', progress };
        tell({ event: 'progress', progress });
      },
      log: (level, line) => { tell({ event: 'log', level, line }); },
    });
    state = { kind: 'ready', loaded };
    tellReady(loaded);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    tellFailure({ event: 'failed', reason: readFailure(message) ?? 'other', message });
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

function tellReady({ model, config, generation }: LoadedModel): void {
  tell({ event: 'ready', contextTokens: generation?.context.contextSize ?? config.contextTokens, gpuLayers: model.gpuLayers, layerCount: model.fileInsights.totalLayers });
}
