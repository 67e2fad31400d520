import { availableParallelism } from 'node:os';
import type { ModelConfig, ModelConfigSettings } from '#contract/modelConfigs.ts';
import type { ModelVersion } from '#contract/models.ts';
import { findBar } from './configs/configPolicy.ts';
import type { ModelCatalog } from './configs/modelCatalog.ts';
import type { LaunchPlan } from './scheduler/schedulerDeps.ts';
import type { Placement } from './scheduler/schedulerState.ts';
import type { EngineLaunch } from './engines/enginePort.ts';
import type { EngineShelf } from './engines/engineShelf.ts';

interface LaunchDeps { readonly catalog: Pick<ModelCatalog, 'find' | 'getFilePath'>; readonly shelf: Pick<EngineShelf, 'choose'> }

/** Turns a configuration and its placement into what an engine is started with. */
export class LaunchPlanner {
  readonly #deps: LaunchDeps;

  constructor(deps: LaunchDeps) {
    this.#deps = deps;
  }

  plan(config: ModelConfig, version: ModelVersion | null, placement: Placement): LaunchPlan {
    const bar = findBar(config);
    if (bar !== null) return { kind: 'missing', failure: 'unreadable', detail: bar };
    const choice = this.#deps.shelf.choose(config, version);
    if (choice.kind === 'missing') return { kind: 'missing', failure: 'missing_engine', detail: choice.reason };
    const missing = this.#findMissing(config, version);
    if (missing !== null) return { kind: 'missing', failure: 'unreadable', detail: `${missing} is not there` };
    return { kind: 'launch', starter: choice.starter, launch: this.#compose(config, version, placement) };
  }

  #compose(config: ModelConfig, version: ModelVersion | null, { shares, gpuLayers, contextTokens }: Placement): Omit<EngineLaunch, 'environment'> {
    const tensorSplit = shares.length > 1 ? shares.map(({ part }) => Math.round(part * 1_000) / 1_000) : null;
    return {
      configId: config.id, name: config.name, settings: { ...config, tensorSplit },
      modelPath: version === null ? null : this.#deps.catalog.getFilePath(version.id),
      mmprojPath: this.#findMmproj(config, version), draftPath: this.#pathOf(config.draft?.model ?? null),
      adapters: config.adapters.flatMap(({ model, scale }) => { const path = this.#pathOf(model); return path === null ? [] : [{ name: model, path, scale }]; }),
      contextTokens, slots: config.slots, gpuLayers, threads: config.threads ?? countThreads(), purpose: toPurpose(version),
    };
  }

  /** The first thing that the configuration names and that has no file. */
  #findMissing({ mmproj, draft, adapters }: ModelConfigSettings, version: ModelVersion | null): string | null {
    if (version !== null && this.#deps.catalog.getFilePath(version.id) === null) return version.reference;
    const named = [mmproj, draft?.model ?? null, ...adapters.map(({ model }) => model)];
    return named.find((reference) => reference !== null && this.#pathOf(reference) === null) ?? null;
  }

  #pathOf(reference: string | null): string | null {
    const version = reference === null ? null : this.#deps.catalog.find(reference);
    return version === null ? null : this.#deps.catalog.getFilePath(version.id);
  }

  /** The one that is set, else the model's own. */
  #findMmproj({ mmproj }: ModelConfigSettings, version: ModelVersion | null): string | null {
    if (mmproj !== null) return this.#pathOf(mmproj);
    const own = version?.files.find(({ role }) => role === 'mmproj');
    return version === null || own === undefined ? null : this.#deps.catalog.getFilePath(version.id, own);
  }
}

/** Engines are started differently for what only embeds or reranks. */
export function toPurpose(version: Pick<ModelVersion, 'capabilities'> | null): EngineLaunch['purpose'] {
  const capabilities = new Set(version?.capabilities ?? ['chat']);
  if (capabilities.has('chat') || capabilities.has('completion')) return 'generate';
  return capabilities.has('rerank') ? 'rerank' : 'embed';
}

/** Half of the logical cores, which is the physical ones on most machines; more than there are makes llama.cpp many times slower. */
export function countThreads(cores = availableParallelism()): number {
  return Math.max(1, cores <= 4 ? cores - 1 : Math.floor(cores / 2));
}
