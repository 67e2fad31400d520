import { AppError } from '#contract/errors.ts';
import type { Lineage, ModelFile, ModelParent, ModelRole, ModelVersion } from '#contract/models.ts';
import { modelId, modelVersionId, type ModelVersionId } from '#contract/modelIds.ts';
import type { Clock } from '../../../base/clock.ts';
import { createId } from '../../../base/ids.ts';
import type { JournalFact, JournalService } from '../../journal/index.ts';
import { getFilePath, type KeptVersion, type VersionRecord, type VersionState } from './keptVersion.ts';
import { buildLineage, resolveParent } from './lineage.ts';
import { makeLabel, makeUnique, toModelName } from './modelNames.ts';
import { WAY_BACK_NOTE, type NameBook } from './nameBook.ts';
import { chooseVersion } from './resolvePolicy.ts';
import type { VersionBook } from './versionBook.ts';

/** A version to be recorded. `label` is what is wanted; a mark is added where the model has another version of that label. */
export interface FoundVersion extends Omit<VersionRecord, 'id' | 'modelId' | 'createdAtMs'> {
  readonly modelName: string;
  readonly storage: VersionState['storage'];
  readonly folder: string;
  readonly places?: VersionState['places'];
  readonly modifiedAtMs: number;
  readonly parents: readonly ModelParent[];
  readonly status?: VersionState['status'];
  readonly health?: VersionState['health'];
  readonly tags?: readonly string[];
}

export interface ModelRegistryDeps { readonly versions: VersionBook; readonly names: NameBook; readonly journal: JournalService; readonly clock: Clock }

/** Keeps what models are on this machine, and by which names they are asked for. */
export class ModelRegistry {
  readonly #deps: ModelRegistryDeps;
  #isStarted = false;

  constructor(deps: ModelRegistryDeps) {
    this.#deps = deps;
  }

  get onDidChange(): VersionBook['onDidChange'] {
    return this.#deps.versions.onDidChange;
  }

  /** Reads what was kept. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#deps.names.load();
    this.#deps.versions.load();
  }

  /** All that is on the list, oldest first. */
  list(): ModelVersion[] {
    return this.#deps.versions.list();
  }

  /** Null for a name that means nothing here. Order: role, alias, version id, `model:label`, model name. */
  find(reference: string): ModelVersion | null {
    const { versions, names } = this.#deps;
    const named = names.find(reference);
    const direct = (named && versions.get(named)) ?? this.#findById(reference) ?? versions.findByReference(reference);
    return direct ?? chooseVersion(this.list().filter(({ modelName }) => modelName === reference)) ?? null;
  }

  /** @throws model.not_found */
  resolve(reference: string): ModelVersion {
    const version = this.find(reference);
    if (version === null) throw new AppError('model.not_found', 'no such model', { model: reference });
    return version;
  }

  /** Where a file of a version lies; the first of its weights where no file is named. */
  getFilePath(versionId: ModelVersionId, file?: Pick<ModelFile, 'path'>): string | null {
    const kept = this.#deps.versions.getKept(versionId);
    return kept === undefined ? null : getFilePath(kept, file);
  }

  /**
   * Records a version. The same files, by content or by place, are the same version: then nothing is recorded, and one that
   * was missing is found again where it lies now. `bringBack`: also one that the user took off the list.
   */
  record(found: FoundVersion, { bringBack = true } = {}): { version: ModelVersion | null; isNew: boolean } {
    const known = this.#findSame(found);
    if (known !== undefined) return { version: this.#meetAgain(known, found, bringBack), isNew: false };
    const { versions, clock } = this.#deps;
    const { modelName, storage, folder, places = {}, modifiedAtMs, parents, status = 'active', health = 'ok', tags = [], ...facts } = found;
    const name = this.#nameModel(modelName);
    const nowMs = clock.nowMs();
    const id = modelVersionId.parse(createId('mv', nowMs));
    const model = { id: versions.modelIdOf(name) ?? modelId.parse(createId('mod', nowMs)), name };
    const label = makeLabel(facts.label, toMark(found), (one) => versions.hasReference(`${name}:${one}`));
    const state: VersionState = { storage, folder, places, modifiedAtMs, tags, notes: '', status, health, lastUsedAtMs: null, isHidden: false };
    const version = versions.add({ record: { ...facts, label, id, modelId: model.id, createdAtMs: nowMs }, state, parents: parents.map((parent) => resolveParent(parent, this.list())) }, model);
    this.#note(version, { event: 'model.added', details: { source: found.source.kind, sizeBytes: found.sizeBytes, format: found.format } });
    if (health === 'quarantined') this.#note(version, { event: 'model.quarantined', cause: 'pickle' });
    return { version, isNew: true };
  }

  update(reference: string, set: { tags?: string[] | undefined; notes?: string | undefined; status?: ModelVersion['status'] | undefined }): ModelVersion {
    const before = this.resolve(reference);
    const given = Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined));
    const version = this.#save(before.id, { ...given, ...(set.tags && { tags: [...new Set(set.tags)] }) });
    if (version.status !== before.status) this.#note(version, { event: 'model.status', from: before.status, to: version.status });
    return version;
  }

  /** A request or a load used it now. */
  markUsed(versionId: ModelVersionId): void {
    if (this.#deps.versions.get(versionId) !== undefined) this.#save(versionId, { lastUsedAtMs: this.#deps.clock.nowMs() });
  }

  /** Says how its files stand. A pickle that would run code stays quarantined, however whole it is. */
  setHealth(versionId: ModelVersionId, told: ModelVersion['health'], cause: string | null = null): void {
    const before = this.#deps.versions.get(versionId);
    if (before === undefined) return;
    const health = told === 'ok' && before.pickleFindings.some(({ level }) => level === 'dangerous') ? 'quarantined' : told;
    if (before.health === health) return;
    const version = this.#save(versionId, { health });
    if (before.health !== 'verifying' || health !== 'ok') this.#note(version, { event: health === 'quarantined' ? 'model.quarantined' : 'model.health', from: before.health, to: health, cause });
  }

  /** Adds hashes that were computed after it was recorded; a known one stays. */
  tellHashes(versionId: ModelVersionId, files: ModelFile[], contentSha256: string | null): void {
    if (this.#deps.versions.getKept(versionId) === undefined) return;
    this.#deps.versions.tellHashes(versionId, files, contentSha256);
    this.#deps.versions.refresh([versionId]);
  }

  addParent(reference: string, parent: ModelParent): ModelVersion {
    return this.#deps.versions.addParent(this.resolve(reference).id, parent);
  }

  lineage(reference: string): Lineage {
    return buildLineage(this.resolve(reference), this.list());
  }

  /** @throws model.not_found, model.name_taken */
  setAlias(alias: string, reference: string): ModelVersion {
    const { names, versions } = this.#deps;
    const version = this.resolve(reference);
    this.#requireFree(alias, 'alias');
    const before = names.setAlias(alias, version.id);
    versions.refresh([before, version.id]);
    this.#note(version, { event: 'model.alias', to: version.reference, details: { alias } });
    return versions.get(version.id) ?? version;
  }

  /** @throws model.not_found */
  removeAlias(alias: string): void {
    const { names, versions } = this.#deps;
    if (!names.isAlias(alias)) throw new AppError('model.not_found', 'no such alias', { model: alias });
    const before = names.removeAlias(alias);
    const version = before && versions.get(before);
    versions.refresh([before]);
    if (version) this.#note(version, { event: 'model.alias', from: version.reference, details: { alias } });
  }

  listRoles(): ModelRole[] {
    return this.#deps.names.listRoles();
  }

  /** @throws model.not_found, model.name_taken */
  assignRole(role: string, reference: string, note = ''): ModelRole {
    const version = this.resolve(reference);
    this.#requireFree(role, 'role');
    return this.#pointRole(role, { id: version.id, reference: version.reference }, note === WAY_BACK_NOTE ? '' : note);
  }

  /** @throws model.role_not_found, model.no_way_back */
  revertRole(role: string): ModelRole {
    const { names, versions } = this.#deps;
    return this.#pointRole(role, names.findWayBack(role, (id) => versions.get(id) !== undefined), WAY_BACK_NOTE);
  }

  /** @throws model.role_not_found */
  removeRole(role: string): void {
    const { names, versions, journal } = this.#deps;
    const before = names.getRole(role);
    names.removeRole(role);
    versions.refresh([before.versionId]);
    journal.record({ event: 'model.role', subjectKind: 'model', subjectId: before.versionId, subjectName: role, from: before.reference, to: null, details: { role } });
  }

  /** Takes a version off the list: hidden where its files stay in place, so that no scan brings it back, else forgotten. */
  forget(versionId: ModelVersionId, { keepHidden }: { keepHidden: boolean }): void {
    const { names, versions, clock } = this.#deps;
    const version = versions.get(versionId);
    if (version === undefined) return;
    names.forget(versionId, clock.nowMs());
    if (keepHidden) versions.saveState(versionId, { isHidden: true });
    else versions.remove(versionId);
    this.#note(version, { event: 'model.removed', details: { source: version.source.kind, sizeBytes: version.sizeBytes } });
  }

  #pointRole(role: string, to: { id: ModelVersionId; reference: string }, note: string): ModelRole {
    const { names, versions, journal, clock } = this.#deps;
    const before = names.isRole(role) ? names.getRole(role) : null;
    if (before?.versionId === to.id) return before;
    const after = names.takeStep(role, { versionId: to.id, reference: to.reference, atMs: clock.nowMs(), note });
    versions.refresh([before?.versionId, to.id]);
    journal.record({ event: 'model.role', subjectKind: 'model', subjectId: to.id, subjectName: to.reference, from: before?.reference ?? null, to: to.reference, details: { role, note } });
    return after;
  }

  /** A reference may be longer than any id. */
  #findById(text: string): ModelVersion | undefined {
    const id = modelVersionId.safeParse(text).data;
    return id && this.#deps.versions.get(id);
  }

  #findSame(found: FoundVersion): KeptVersion | undefined {
    const { versions } = this.#deps;
    const path = getFilePath({ record: { ...found, files: found.files }, state: { folder: found.folder, places: found.places ?? {} } });
    const there = path === null ? undefined : versions.findByPath(path);
    if (there?.record.sizeBytes === found.sizeBytes && !isOther(there.record.contentSha256, found.contentSha256)) return there;
    return found.contentSha256 === null ? undefined : versions.findByContent(found.contentSha256);
  }

  #meetAgain(known: KeptVersion, found: FoundVersion, bringBack: boolean): ModelVersion | null {
    const { versions } = this.#deps;
    const { record: { id }, state } = known;
    if (state.isHidden && !bringBack) return null;
    const isMoving = isLost(state) || (isOurs(found.storage) && !isOurs(state.storage));
    if (!isMoving && !state.isHidden) return versions.get(id) ?? null;
    return versions.saveState(id, { ...(isMoving && toPlace(known, found)), isHidden: false }) ?? null;
  }

  /** A model's name is free to join; a role's or an alias's is not. */
  #nameModel(wanted: string): string {
    const { names } = this.#deps;
    return makeUnique(toModelName(wanted), (name) => names.isAlias(name) || names.isRole(name));
  }

  #requireFree(name: string, as: 'alias' | 'role'): void {
    const { names, versions } = this.#deps;
    const taken = (holder: string): AppError => new AppError('model.name_taken', 'the name is in use', { name, holder });
    if (as === 'alias' && names.isRole(name)) throw taken('role');
    if (as === 'role' && names.isAlias(name)) throw taken('alias');
    if (versions.modelIdOf(name) !== undefined) throw taken(name);
    const version = versions.findByReference(name) ?? this.#findById(name);
    if (version !== undefined) throw taken(version.reference);
  }

  #save(id: ModelVersionId, set: Partial<VersionState>): ModelVersion {
    const version = this.#deps.versions.saveState(id, set);
    if (version === undefined) throw new AppError('model.not_found', 'it was taken off the list', { model: id });
    return version;
  }

  #note(version: ModelVersion, fact: Omit<JournalFact, 'subjectKind'>): void {
    this.#deps.journal.record({ subjectKind: 'model', subjectId: version.id, subjectName: version.reference, ...fact });
  }
}

function toMark({ contentSha256, source }: FoundVersion): string | null {
  return source.kind === 'hub' ? source.commit : contentSha256;
}

function isOther(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a !== b;
}

function isLost({ health }: VersionState): boolean {
  return health === 'missing' || health === 'changed';
}

/** Where a known version lies from now on. */
function toPlace(known: KeptVersion, found: FoundVersion): Partial<VersionState> {
  return { storage: found.storage, folder: found.folder, places: placeFiles(known, found), modifiedAtMs: found.modifiedAtMs, health: found.health ?? 'ok' };
}

function isOurs(storage: VersionState['storage']): boolean {
  return storage === 'managed' || storage === 'shared';
}

/** Where the files of a known version lie in the place in which they were found now: by name, else by content. */
function placeFiles({ record }: KeptVersion, found: FoundVersion): Record<string, string> {
  const pathOf = (file: ModelFile): string | null => getFilePath({ record: found, state: { folder: found.folder, places: found.places ?? {} } }, file);
  return Object.fromEntries(record.files.flatMap((file) => {
    const same = found.files.find(({ path }) => path === file.path) ?? found.files.find(({ sha256 }) => sha256 !== null && sha256 === file.sha256);
    const path = same === undefined ? null : pathOf(same);
    return path === null || (same?.path === file.path && found.places?.[file.path] === undefined) ? [] : [[file.path, path]];
  }));
}
