import type { ModelChange, ModelFile, ModelVersion } from '#contract/models.ts';
import type { ModelVersionId } from '#contract/modelIds.ts';
import type { Event } from '../../../base/emitter.ts';

/** The models that are on this machine; the registry of models is one. */
export interface ModelCatalog {
  list(): readonly ModelVersion[];
  /** By role, alias, version id, `model:label` or model name, in this order; null for a name that means nothing. */
  find(reference: string): ModelVersion | null;
  /** Where a file of a version lies, absolute; the first of its weights where none is named. */
  getFilePath(versionId: ModelVersionId, file?: Pick<ModelFile, 'path'>): string | null;
  readonly onDidChange: Event<ModelChange>;
}
