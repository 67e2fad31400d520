import { modelVersion } from '#contract/models.ts';
import type { ModelVersion } from '#contract/models.ts';

/** A version for tests, with what they care about set. */
export function aVersion(set: { [K in keyof ModelVersion]?: unknown } = {}): ModelVersion {
  return modelVersion.parse({
    id: 'ver_1', modelId: 'mod_1', modelName: 'small', family: 'llama', label: 'Q8_0', reference: 'small:Q8_0', format: 'gguf', kind: 'model', path: '/models/small.gguf', folder: '/models', storage: 'managed',
    files: [], sizeBytes: 1_000, contentSha256: null, architecture: 'llama', parameterCount: 1e6, quantisation: 'Q8_0', bitsPerWeight: 8.5, contextTokens: 2_048, embeddingLength: 64, layerCount: 2, hasChatTemplate: true,
    licence: null, capabilities: ['chat'], source: { kind: 'stock' }, parents: [], pickleFindings: [], createdAtMs: 0, tags: [], notes: '', status: 'active', health: 'ok', aliases: [], roles: [], lastUsedAtMs: null, ...set,
  });
}
