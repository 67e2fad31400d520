import type { z } from 'zod';
import { modelVersion, type ModelFile, type ModelParent, type ModelVersion } from '#contract/models.ts';
import type { ModelId, ModelVersionId } from '#contract/modelIds.ts';
import { join } from 'node:path';

/** What is read from a model's files and recorded for good. */
export const versionFacts = modelVersion.pick({
  architecture: true, parameterCount: true, quantisation: true, bitsPerWeight: true, contextTokens: true, embeddingLength: true,
  layerCount: true, hasChatTemplate: true, licence: true, capabilities: true, pickleFindings: true,
});
export type VersionFacts = z.infer<typeof versionFacts>;

/** A version's row: written once. */
export interface VersionRecord {
  readonly id: ModelVersionId;
  readonly modelId: ModelId;
  readonly label: string;
  readonly format: ModelVersion['format'];
  readonly kind: ModelVersion['kind'];
  readonly family: string;
  readonly sizeBytes: number;
  readonly contentSha256: string | null;
  readonly source: ModelVersion['source'];
  readonly facts: VersionFacts;
  readonly createdAtMs: number;
  readonly files: readonly ModelFile[];
}

/** What may change about a version. `places`: absolute paths of files that do not lie under `folder` by their own name. */
export interface VersionState {
  readonly storage: ModelVersion['storage'];
  readonly folder: string;
  readonly places: Readonly<Record<string, string>>;
  /** The newest modification time of the weights when they were recorded. */
  readonly modifiedAtMs: number;
  readonly tags: readonly string[];
  readonly notes: string;
  readonly status: ModelVersion['status'];
  readonly health: ModelVersion['health'];
  readonly lastUsedAtMs: number | null;
  /** Taken off the list by the user; a scan does not bring it back. */
  readonly isHidden: boolean;
}

export interface KeptVersion { readonly record: VersionRecord; readonly state: VersionState; readonly parents: readonly ModelParent[] }

interface Placed { readonly record: Pick<VersionRecord, 'files'>; readonly state: Pick<VersionState, 'folder' | 'places'> }

/** Where a file of a version lies. */
export function getFilePath({ record, state }: Placed, file: Pick<ModelFile, 'path'> | undefined = findFirstFile(record.files)): string | null {
  return file === undefined ? null : state.places[file.path] ?? join(state.folder, file.path);
}

/** The file that engines are given: the first of the weights. */
export function findFirstFile(files: readonly ModelFile[]): ModelFile | undefined {
  return files.find(({ role }) => role === 'weights') ?? files.find(({ role }) => role === 'adapter' || role === 'mmproj') ?? files[0];
}

/** The version as the contract shows it. */
export function toModelVersion(kept: KeptVersion, names: { modelName: string; aliases: string[]; roles: string[] }): ModelVersion {
  const { record: { facts, files, ...record }, state, parents } = kept;
  return {
    ...record, ...facts, ...names,
    files: [...files],
    reference: `${names.modelName}:${record.label}`,
    path: state.health === 'missing' ? null : getFilePath(kept),
    folder: state.folder, storage: state.storage, parents: [...parents],
    tags: [...state.tags], notes: state.notes, status: state.status, health: state.health, lastUsedAtMs: state.lastUsedAtMs,
  };
}
