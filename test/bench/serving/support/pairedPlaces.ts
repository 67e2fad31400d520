import { listEngines, type LocalEngine, type ServingLab } from './servingLab.ts';
import { ensureModel, MODEL_KINDS, type ModelKind } from './benchModels.ts';
import { DirectEngine } from './directEngine.ts';
import { findOwnEndpoint } from './llamaServerOfBackend.ts';
import type { Place } from './place.ts';

/** One engine process with one model, asked directly and through the port. */
export interface PairedPlaces { readonly label: string; readonly model: ModelKind; readonly direct: Place; readonly port: Place }

/** Calls for each engine with each model, one after the other. */
export async function withEachPair(lab: ServingLab, use: (pair: PairedPlaces) => Promise<void>): Promise<void> {
  for (const engine of listEngines()) {
    for (const model of MODEL_KINDS) await (engine === 'llama-server' ? withServer : withEmbedded)(lab, { engine, model }, use);
  }
}

/** Kept connections take a thread each, and there are two that ask. */
const ENOUGH_THREADS = ['--threads-http', '40'];

/** A llama-server that Wheelhouse starts; its own endpoint is the direct one. */
async function withServer(lab: ServingLab, { engine, model }: { engine: LocalEngine; model: ModelKind }, use: (pair: PairedPlaces) => Promise<void>): Promise<void> {
  const name = `${model}-${engine}`;
  const port = await lab.serve(name, model, { engine, extraArgs: ENOUGH_THREADS });
  const { pid } = await lab.load(name);
  const direct = findOwnEndpoint(pid ?? 0, name);
  try {
    await use({ label: `${engine}, ${model}`, model, direct, port });
  } finally {
    direct.agent.destroy();
    await lab.unload(name);
  }
}

/** The secret of the embedded engine is nobody else's, so it is started by hand and made known to Wheelhouse as it runs. */
async function withEmbedded(lab: ServingLab, { engine, model }: { engine: LocalEngine; model: ModelKind }, use: (pair: PairedPlaces) => Promise<void>): Promise<void> {
  const name = `${model}-${engine}`;
  const started = await DirectEngine.start('embedded', { name, modelPath: ensureModel(model), contextTokens: 1_024, slots: 8 });
  try {
    const port = await lab.serveExternal(name, started.place, { hasKey: true });
    await use({ label: `${engine}, ${model}`, model, direct: started.place, port });
  } finally {
    await lab.unload(name);
    await started.stop();
  }
}
