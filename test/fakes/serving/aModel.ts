import { modelConfig, modelConfigSettings, type ModelConfig, type ModelConfigSettings } from '../../../src-main/contract/modelConfigs.ts';
import { modelVersion, type ModelVersion } from '../../../src-main/contract/models.ts';

/** A chat model of two shards' worth of nothing. */
export function aVersion(name: string, set: Partial<ModelVersion> = {}): ModelVersion {
  return modelVersion.parse({
    id: `version_${name}`, modelId: `model_${name}`, modelName: name, family: 'llama', label: 'Q4_K_M', reference: `${name}:Q4_K_M`, format: 'gguf', kind: 'model', path: `/models/${name}.gguf`,
    folder: '/models', storage: 'managed', files: [], sizeBytes: 1_000, contentSha256: null, architecture: 'llama', parameterCount: 1, quantisation: 'Q4_K_M', bitsPerWeight: 4.5, contextTokens: 8_192,
    embeddingLength: 64, layerCount: 10, hasChatTemplate: true, licence: null, capabilities: ['chat', 'completion'], source: { kind: 'stock' }, parents: [], pickleFindings: [], createdAtMs: 0,
    tags: [], notes: '', status: 'active', health: 'ok', aliases: [], roles: [], lastUsedAtMs: null, ...set,
  });
}

export function aConfig(name: string, set: Partial<ModelConfigSettings> & { versionId?: string | null } = {}): ModelConfig {
  const { versionId = `version_${name}`, ...settings } = set;
  return modelConfig.parse({ ...modelConfigSettings.parse({ name, model: name, engine: 'llama-server', ...settings }), id: `config_${name}`, versionId, isImplicit: false, createdAtMs: 0, updatedAtMs: 0, problem: null });
}
