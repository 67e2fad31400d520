import { join } from 'node:path';
import type { ModelVersionId } from '#contract/modelIds.ts';
import type { ModelParent } from '#contract/models.ts';
import { groupFiles } from '../inspect/fileGroups.ts';
import { isDangerous, type ModelInspector } from '../inspect/modelInspector.ts';
import { readListedFile } from '../inspect/modelFileList.ts';
import type { ModelRegistry } from '../registry/modelRegistry.ts';

/** A download that is whole and verified. */
export interface DownloadedModel {
  readonly repo: string;
  readonly revision: string;
  readonly commit: string;
  readonly label: string;
  readonly folder: string;
  /** What it was made from, as its card on the hub says. */
  readonly baseModels: readonly string[];
  readonly files: readonly { readonly path: string; readonly absolutePath: string; readonly sizeBytes: number; readonly sha256: string | null }[];
}

/** Takes a finished download onto the list; gives the versions that it became, also those that were known. */
export async function takeInDownload(deps: { registry: ModelRegistry; inspector: ModelInspector }, { repo, revision, commit, folder, baseModels, files }: DownloadedModel): Promise<ModelVersionId[]> {
  const hashes = new Map(files.map(({ path, sha256 }) => [join(folder, path), sha256]));
  const listed = await Promise.all(files.map(({ path }) => readListedFile(join(folder, path))));
  const ids: ModelVersionId[] = [];
  for (const group of groupFiles(listed.filter((file) => file !== null))) {
    const { version } = await deps.inspector.inspect(group, { root: folder, hashOf: (path) => hashes.get(path) ?? null });
    const health = isDangerous(version.facts.pickleFindings) ? 'quarantined' : version.health ?? 'ok';
    const label = group.format === 'gguf' || version.facts.quantisation !== null ? version.label : commit.slice(0, 7);
    const recorded = deps.registry.record({ ...version, parents: withBaseModels(version.parents, baseModels), modelName: repo, label, storage: 'shared', source: { kind: 'hub', repo, revision, commit }, health });
    if (recorded.version !== null) ids.push(recorded.version.id);
  }
  return ids;
}

function withBaseModels(parents: readonly ModelParent[], baseModels: readonly string[]): ModelParent[] {
  const known = new Set(parents.map(({ name }) => name.toLowerCase()));
  const told = baseModels.filter((name) => !known.has(name.toLowerCase()));
  return [...parents, ...told.map((name): ModelParent => ({ relation: 'base_model', versionId: null, name }))];
}
