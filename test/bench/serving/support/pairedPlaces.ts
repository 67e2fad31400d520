import { ensureModel, MODEL_KINDS, type ModelKind } from './benchModels.ts';
import { DirectEngine } from './directEngine.ts';
import type { Place } from './place.ts';
import { listEngines, type LocalEngine, type ServingLab } from './servingLab.ts';

/** One engine process with one model, asked directly and through the port, over connections of the same kind (decisions/0008). */
export interface PairedPlaces { readonly label: string; readonly model: ModelKind; readonly direct: Place; readonly port: Place }

/** Kept connections take one of llama-server's threads each, and there are two that ask. */
const ENOUGH_THREADS: Readonly<Record<LocalEngine, readonly string[]>> = { 'llama-server': ['--threads-http', '40'], embedded: [] };

/** Calls for each engine with each model, one after the other. The engine is started by hand and made known to Wheelhouse as it runs. */
export async function withEachPair(lab: ServingLab, use: (pair: PairedPlaces) => Promise<void>): Promise<void> {
  for (const engine of listEngines()) {
    for (const model of MODEL_KINDS) await withPair(lab, { engine, model }, use);
  }
}

async function withPair(lab: ServingLab, { engine, model }: { engine: LocalEngine; model: ModelKind }, use: (pair: PairedPlaces) => Promise<void>): Promise<void> {
  const name = `${model}-${engine}`;
  const started = await DirectEngine.start(engine, { name, modelPath: ensureModel(model), contextTokens: 1_024, slots: 8, extraArgs: ENOUGH_THREADS[engine] });
  try {
    const port = await lab.serveExternal(name, started.place, { hasKey: true });
    await use({ label: `${engine}, ${model}`, model, direct: started.place, port });
  } finally {
    await lab.unload(name);
    await started.stop();
  }
}
