import type { ModelChange, ModelFile, ModelParent, ModelVersion } from '#contract/models.ts';
import type { ModelId, ModelVersionId } from '#contract/modelIds.ts';
import { Emitter } from '../../../base/emitter.ts';
import { invariant } from '../../../base/invariant.ts';
import { getFilePath, toModelVersion, type KeptVersion, type VersionState } from './keptVersion.ts';
import type { ModelRepository } from './modelRepository.ts';
import type { NameBook } from './nameBook.ts';

/** All versions in memory, as kept and as shown, and what finds them. Every change is written first and announced once. */
export class VersionBook {
  readonly #repository: ModelRepository;
  readonly #names: NameBook;
  readonly #versions = new Map<ModelVersionId, KeptVersion>();
  readonly #shown = new Map<ModelVersionId, ModelVersion>();
  readonly #byReference = new Map<string, ModelVersionId>();
  readonly #byPath = new Map<string, ModelVersionId>();
  readonly #modelNames = new Map<ModelId, string>();
  readonly #modelIds = new Map<string, ModelId>();
  readonly #didChange = new Emitter<ModelChange>();

  readonly onDidChange = this.#didChange.event;

  constructor(repository: ModelRepository, names: NameBook) {
    this.#repository = repository;
    this.#names = names;
  }

  load(): void {
    for (const { id, name } of this.#repository.listModels()) this.#learnModel(id, name);
    for (const kept of this.#repository.list()) this.#index(kept);
    const names = this.#names.namesByVersion();
    for (const kept of this.#versions.values()) this.#show(kept, names.get(kept.record.id) ?? { aliases: [], roles: [] });
  }

  /** What is on the list, oldest first. */
  list(): ModelVersion[] {
    return [...this.#shown.values()];
  }

  /** Hidden ones too. */
  listKept(): KeptVersion[] {
    return [...this.#versions.values()];
  }

  get(id: ModelVersionId): ModelVersion | undefined {
    return this.#shown.get(id);
  }

  getKept(id: ModelVersionId): KeptVersion | undefined {
    return this.#versions.get(id);
  }

  findByReference(reference: string): ModelVersion | undefined {
    const id = this.#byReference.get(reference);
    return id && this.#shown.get(id);
  }

  findByPath(path: string): KeptVersion | undefined {
    const id = this.#byPath.get(path);
    return id && this.#versions.get(id);
  }

  findByContent(contentSha256: string): KeptVersion | undefined {
    return this.#versions.values().find(({ record }) => record.contentSha256 === contentSha256);
  }

  modelIdOf(name: string): ModelId | undefined {
    return this.#modelIds.get(name);
  }

  hasReference(reference: string): boolean {
    return this.#byReference.has(reference);
  }

  add(kept: KeptVersion, model: { id: ModelId; name: string }): ModelVersion {
    this.#repository.add(kept, model);
    this.#learnModel(model.id, model.name);
    this.#index(kept);
    return this.#announce(kept.record.id);
  }

  saveState(id: ModelVersionId, set: Partial<VersionState>): ModelVersion | undefined {
    const kept = this.#require(id);
    const next = { ...kept, state: { ...kept.state, ...set } };
    this.#repository.saveState(id, next.state);
    this.#index(next);
    if (!next.state.isHidden) return this.#announce(id);
    if (this.#shown.delete(id)) this.#didChange.fire({ kind: 'removed', versionId: id });
    return undefined;
  }

  tellHashes(id: ModelVersionId, files: ModelFile[], contentSha256: string | null): void {
    const kept = this.#require(id);
    const record = { ...kept.record, files, contentSha256: kept.record.contentSha256 ?? contentSha256 };
    this.#repository.tellHashes(record);
    this.#versions.set(id, { ...kept, record });
  }

  addParent(id: ModelVersionId, parent: ModelParent): ModelVersion {
    const kept = this.#require(id);
    this.#repository.addParent(id, parent);
    const others = kept.parents.filter(({ relation, name }) => relation !== parent.relation || name !== parent.name);
    this.#versions.set(id, { ...kept, parents: [...others, parent] });
    return this.#announce(id);
  }

  remove(id: ModelVersionId): void {
    const { record } = this.#require(id);
    const reference = `${this.#modelNames.get(record.modelId) ?? ''}:${record.label}`;
    this.#repository.delete(record);
    this.#versions.delete(id);
    this.#shown.delete(id);
    this.#byReference.delete(reference);
    for (const [path, holder] of this.#byPath) if (holder === id) this.#byPath.delete(path);
    if (!this.#versions.values().some((one) => one.record.modelId === record.modelId)) this.#forgetModel(record.modelId);
    this.#didChange.fire({ kind: 'removed', versionId: id });
  }

  /** Shows these again after their names changed. */
  refresh(ids: Iterable<ModelVersionId | null | undefined>): void {
    for (const id of new Set(ids)) if (id != null && this.#shown.has(id)) this.#announce(id);
  }

  #announce(id: ModelVersionId): ModelVersion {
    const version = this.#show(this.#require(id), this.#names.namesOf(id));
    this.#didChange.fire({ kind: 'changed', version });
    return version;
  }

  #show(kept: KeptVersion, names: { aliases: string[]; roles: string[] }): ModelVersion {
    const version = toModelVersion(kept, { modelName: this.#nameOf(kept), ...names });
    if (!kept.state.isHidden) this.#shown.set(version.id, version);
    return version;
  }

  #index(kept: KeptVersion): void {
    const { id, label } = kept.record;
    this.#versions.set(id, kept);
    this.#byReference.set(`${this.#nameOf(kept)}:${label}`, id);
    const path = getFilePath(kept);
    if (path !== null) this.#byPath.set(path, id);
  }

  #nameOf({ record }: KeptVersion): string {
    const name = this.#modelNames.get(record.modelId);
    invariant(name !== undefined, 'a version has a model');
    return name;
  }

  #learnModel(id: ModelId, name: string): void {
    this.#modelNames.set(id, name);
    this.#modelIds.set(name, id);
  }

  #forgetModel(id: ModelId): void {
    this.#modelIds.delete(this.#modelNames.get(id) ?? '');
    this.#modelNames.delete(id);
  }

  #require(id: ModelVersionId): KeptVersion {
    const kept = this.#versions.get(id);
    invariant(kept !== undefined, 'the version is known');
    return kept;
  }
}
