import { totalmem } from 'node:os';
import type { ModelConfigSettings } from '../../../../src-main/contract/modelConfigs.ts';
import type { ServedModel } from '../../../../src-main/contract/serving.ts';
import { makeHome, removeHomes, startBackend, type TestBackend } from '../../../support/backend.ts';
import { findLlamaServer } from '../../../support/llamaServer.ts';
import { waitFor } from '../../../support/waitFor.ts';
import { ensureModel, type ModelKind } from './benchModels.ts';
import { engineKey } from './directEngine.ts';
import { createPlace, type Place } from './place.ts';

export type LocalEngine = 'llama-server' | 'embedded';

const MIB = 1024 * 1024;

/** The engines that can be measured here; the script says so when llama-server is missing. */
export function listEngines(): LocalEngine[] {
  return findLlamaServer() === null ? ['embedded'] : ['llama-server', 'embedded'];
}

/** A backend as users start it, with the models of the benches. Engines have one thread. */
export class ServingLab {
  readonly backend: TestBackend;
  readonly #places: Place[] = [];
  readonly #versions = new Map<ModelKind, string>();

  private constructor(backend: TestBackend) {
    this.backend = backend;
  }

  static async open(): Promise<ServingLab> {
    return new ServingLab(await startBackend({ home: makeHome(), env: { [engineKey.variable]: engineKey.value } }));
  }

  /** Makes a model known under a name and says where to ask for it. */
  async serve(name: string, kind: ModelKind, settings: Partial<ModelConfigSettings> & { engine: LocalEngine }): Promise<Place> {
    return this.#configure({ name, model: await this.#import(kind), contextTokens: 1_024, slots: 8, threads: 1, gpuLayers: 0, ...settings });
  }

  /** Makes an engine that runs already known under a name. */
  async serveExternal(name: string, { url, model }: Place, { hasKey = false, slots = 8 }: { hasKey?: boolean; slots?: number } = {}): Promise<Place> {
    return this.#configure({ name, model: null, engine: 'external', slots, external: { baseUrl: `${url}/v1`, keyVariable: hasKey ? engineKey.variable : null, model } });
  }

  async readModel(name: string): Promise<ServedModel> {
    const model = (await this.backend.client.serving.list({})).models.find((one) => one.name === name);
    if (model === undefined) throw new Error(`${name} is not served`);
    return model;
  }

  /** Loads a model and waits until what it takes is known. */
  async load(name: string): Promise<ServedModel> {
    await this.backend.client.serving.load({ model: name });
    return waitFor(async () => { const model = await this.readModel(name); return model.measuredBytes === null ? null : model; }, { timeoutMs: 30_000, everyMs: 20, what: `${name} to be measured` });
  }

  async unload(name: string): Promise<void> {
    await this.backend.client.serving.unload({ model: name });
  }

  /** Leaves so much RAM that one of two alike models fits and two do not. */
  async leaveRoomForOne(name: string): Promise<void> {
    const { ramBytes } = await this.load(name);
    await this.unload(name);
    const totalBytes = Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem());
    await this.backend.client.settings.set({ key: 'serving.ramReserveMib', value: Math.floor((totalBytes - 1.5 * ramBytes) / MIB) });
  }

  async close(): Promise<void> {
    for (const { agent } of this.#places) agent.destroy();
    await this.backend.stop();
    removeHomes();
  }

  async #configure(settings: Partial<ModelConfigSettings> & { name: string }): Promise<Place> {
    await this.backend.client.modelConfigs.create(settings);
    const place = createPlace(this.backend.url, settings.name);
    this.#places.push(place);
    return place;
  }

  /** The id of its version, whatever name it goes by: the demo model is there already. */
  async #import(kind: ModelKind): Promise<string> {
    const known = this.#versions.get(kind);
    if (known !== undefined) return known;
    for await (const progress of await this.backend.client.models.importFrom({ path: ensureModel(kind) })) {
      if (progress.kind !== 'done') continue;
      this.#versions.set(kind, progress.version.id);
      return progress.version.id;
    }
    throw new Error(`${kind} was not imported`);
  }
}

/** Runs a bench in a lab that is closed whatever happens. */
export async function inLab<T>(use: (lab: ServingLab) => Promise<T>): Promise<T> {
  const lab = await ServingLab.open();
  try {
    return await use(lab);
  } finally {
    await lab.close();
  }
}
