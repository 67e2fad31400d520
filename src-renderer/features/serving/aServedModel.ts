import { modelConfig, modelConfigSettings } from '#contract/modelConfigs.ts';
import type { ModelConfig } from '#contract/modelConfigs.ts';
import { servedModel } from '#contract/serving.ts';
import type { ServedModel } from '#contract/serving.ts';

/** What is served under a name, for tests, with what they care about set. */
export function aServedModel(name: string, set: { [K in keyof ServedModel]?: unknown } = {}): ServedModel {
  return servedModel.parse({
    configId: `cfg_${name}`, name, versionId: `ver_${name}`, engine: 'embedded', state: 'unloaded', stateSinceMs: 0, progress: null, failure: null, failureDetail: null, exitCode: null, retryAtMs: null,
    gpuIds: [], bookedBytes: 0, ramBytes: 0, measuredBytes: null, gpuLayers: null, layerCount: null, contextTokens: null, slots: 4, busySlots: 0, queuedCount: 0, pid: null, loadMs: null, loadCount: 0, crashCount: 0,
    lastUsedAtMs: null, unloadAtMs: null, isPinned: false, leaving: null, promptTokensPerSecond: null, tokensPerSecond: null, ...set,
  });
}

/** Its configuration. */
export function aConfig(name: string, set: { [K in keyof ModelConfig]?: unknown } = {}): ModelConfig {
  return modelConfig.parse({ ...modelConfigSettings.parse({ name, model: name }), id: `cfg_${name}`, versionId: `ver_${name}`, isImplicit: true, createdAtMs: 0, updatedAtMs: 0, problem: null, ...set });
}
