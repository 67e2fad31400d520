import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '#contract/errors.ts';
import type { ImportCandidate, ImportProgress, ModelFile, ModelVersion } from '#contract/models.ts';
import { toSlug } from '#contract/slug.ts';
import { createReference } from '../../../base/ids.ts';
import type { Logger } from '../../../base/logger.ts';
import { readFreeBytes } from '../../../platform/files/folderFacts.ts';
import { HeaderError } from '../../../platform/modelFiles/headerError.ts';
import type { ModelFileReader } from '../../../platform/modelFiles/modelFileReader.ts';
import { toContentSha256 } from '../inspect/contentHash.ts';
import { groupFiles, type FileGroup } from '../inspect/fileGroups.ts';
import { isDangerous, type InspectedModel, type ModelInspector } from '../inspect/modelInspector.ts';
import { listFiles, listSiblings } from '../inspect/modelFileList.ts';
import type { FoundVersion, ModelRegistry } from '../registry/modelRegistry.ts';
import type { VersionBook } from '../registry/versionBook.ts';
import type { HashKeeper } from './hashKeeper.ts';
import { progressStream } from './progressStream.ts';

export interface ImportServiceDeps {
  readonly places: { readonly imported: string };
  readonly registry: ModelRegistry;
  readonly versions: VersionBook;
  readonly inspector: ModelInspector;
  readonly reader: Pick<ModelFileReader, 'hash' | 'copy'>;
  readonly hashes: HashKeeper;
  readonly log: Logger;
}

export interface ImportOrder { readonly path: string; readonly how: 'link' | 'copy'; readonly name?: string | undefined; readonly acceptPickle: boolean; readonly signal?: AbortSignal | undefined }

type Progress = Extract<ImportProgress, { kind: 'progress' }>;
type Report = (progress: Progress) => void;

/** Up to so much is hashed before a linked model is on the list; what is larger is hashed afterwards. */
const HASH_FIRST_BYTES = 256 * 1024 * 1024;
/** Room that stays free on the disk. */
const SPARE_BYTES = 64 * 1024 * 1024;

/** Takes in models from a path: where they lie, or as a copy. */
export class ImportService {
  readonly #deps: ImportServiceDeps;

  constructor(deps: ImportServiceDeps) {
    this.#deps = deps;
  }

  /** @throws model.path_not_found */
  async inspectPath(path: string): Promise<ImportCandidate[]> {
    const groups = await this.#findGroups(path);
    const alone = new Set([...Map.groupBy(groups, ({ folder }) => folder)].flatMap(([folder, inside]) => (inside.length === 1 ? [folder] : [])));
    const candidates: ImportCandidate[] = [];
    for (const group of groups) {
      const { version: { facts, modelName, label, format, sizeBytes, files }, problem } = await this.#deps.inspector.inspect(group);
      const first = group.files[0]?.path ?? group.folder;
      candidates.push({
        path: alone.has(group.folder) && group.files.length > 1 ? group.folder : first, name: modelName, label, format, sizeBytes, fileCount: files.length,
        architecture: facts.architecture, quantisation: facts.quantisation, capabilities: facts.capabilities, pickleFindings: facts.pickleFindings,
        alreadyVersionId: this.#deps.versions.findByPath(first)?.record.id ?? null, problem,
      });
    }
    return candidates;
  }

  /** The stream ends after `done`; ending it early ends a copy and removes what was copied. @throws model.path_not_found, model.unreadable, model.pickle_refused, disk.full */
  async *importFrom(order: ImportOrder): AsyncGenerator<ImportProgress, void, void> {
    const group = await this.#chooseGroup(order.path);
    const inspected = await this.#inspect(group, order);
    const stop = new AbortController();
    const signal = order.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, order.signal]);
    try {
      const take = order.how === 'link' ? this.#link.bind(this) : this.#copy.bind(this);
      const { version, isNew } = yield* progressStream<Progress, { version: ModelVersion; isNew: boolean }>((report) => take({ group, inspected, signal, order }, report));
      yield { kind: 'done', version, isNew };
    } finally {
      stop.abort(new HeaderError('unreadable', 'the import was ended'));
    }
  }

  async #link({ group, inspected, signal, order }: Taking, report: Report): Promise<{ version: ModelVersion; isNew: boolean }> {
    const { hashes } = this.#deps;
    const isLarge = inspected.version.sizeBytes > HASH_FIRST_BYTES;
    const files = isLarge ? [...inspected.version.files] : await this.#hashAll(group, inspected.version.files, { signal, report });
    const recorded = this.#record(inspected, { files, storage: 'linked', source: { kind: 'import', path: order.path, how: 'link' }, contentSha256: toContentSha256(files), ...(isLarge && { health: 'verifying' }) });
    if (isLarge && recorded.isNew) hashes.hashLater(recorded.version.id);
    return recorded;
  }

  async #copy(taking: Taking, report: Report): Promise<{ version: ModelVersion; isNew: boolean }> {
    const { group, inspected, order, signal } = taking;
    const known = await this.#findCopied(taking, report);
    if (known !== null) return { version: known, isNew: false };
    const { imported } = this.#deps.places;
    const { sizeBytes } = inspected.version;
    const freeBytes = await readFreeBytes(imported);
    if (freeBytes < sizeBytes + SPARE_BYTES) throw new AppError('disk.full', 'no room for the copy', { path: imported, neededBytes: sizeBytes + SPARE_BYTES, freeBytes });
    const part = join(imported, `${toSlug(inspected.version.modelName) || 'model'}-${createReference()}.part`);
    try {
      const files = await this.#copyAll(group, inspected.version.files, { part, signal, report });
      const folder = part.replace(/\.part$/, '');
      await rename(part, folder);
      const recorded = this.#record(inspected, { files, folder, storage: 'managed', source: { kind: 'import', path: order.path, how: 'copy' }, contentSha256: toContentSha256(files) });
      if (recorded.version.folder !== folder) await rm(folder, { recursive: true });
      return recorded;
    } catch (error) {
      await rm(part, { recursive: true, force: true });
      throw isFull(error) ? new AppError('disk.full', 'no room for the copy', { path: imported, neededBytes: sizeBytes, freeBytes }, { cause: error }) : error;
    }
  }

  /** The same files as a version of the same size are not copied again. */
  async #findCopied({ group, inspected, signal }: Taking, report: Report): Promise<ModelVersion | null> {
    const { versions } = this.#deps;
    const { sizeBytes, files } = inspected.version;
    const isLikely = versions.list().some((one) => one.sizeBytes === sizeBytes && one.contentSha256 !== null && one.health === 'ok' && (one.storage === 'managed' || one.storage === 'shared'));
    if (!isLikely) return null;
    const content = toContentSha256(await this.#hashAll(group, files, { signal, report }));
    const known = content === null ? undefined : versions.findByContent(content);
    return known === undefined ? null : versions.get(known.record.id) ?? null;
  }

  async #hashAll(group: FileGroup, files: readonly ModelFile[], { signal, report }: { signal: AbortSignal; report: Report }): Promise<ModelFile[]> {
    return this.#readAll(files, (file, at, onProgress) => this.#deps.reader.hash(group.files[at]?.path ?? file.path, { signal, onProgress }), (doneBytes, totalBytes) => { report({ kind: 'progress', stage: 'hashing', doneBytes, totalBytes }); });
  }

  async #copyAll(group: FileGroup, files: readonly ModelFile[], { part, signal, report }: { part: string; signal: AbortSignal; report: Report }): Promise<ModelFile[]> {
    const copyOne = async (file: ModelFile, at: number, onProgress: (doneBytes: number) => void): Promise<{ sha256: string }> => {
      const to = join(part, ...toCopiedPath(file.path));
      await mkdir(dirname(to), { recursive: true });
      return this.#deps.reader.copy(group.files[at]?.path ?? file.path, to, { signal, onProgress });
    };
    const copied = await this.#readAll(files, copyOne, (doneBytes, totalBytes) => { report({ kind: 'progress', stage: 'copying', doneBytes, totalBytes }); });
    return copied.map((file) => ({ ...file, path: toCopiedPath(file.path).join('/') }));
  }

  async #readAll(files: readonly ModelFile[], read: (file: ModelFile, at: number, onProgress: (doneBytes: number) => void) => Promise<{ sha256: string }>, report: (doneBytes: number, totalBytes: number) => void): Promise<ModelFile[]> {
    const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const done: ModelFile[] = [];
    let before = 0;
    report(0, totalBytes);
    for (const [at, file] of files.entries()) {
      const { sha256 } = await read(file, at, (doneBytes) => { report(before + doneBytes, totalBytes); });
      before += file.sizeBytes;
      done.push({ ...file, sha256 });
      report(before, totalBytes);
    }
    return done;
  }

  #record(inspected: InspectedModel, set: Pick<FoundVersion, 'files' | 'storage' | 'source' | 'contentSha256'> & Partial<FoundVersion>): { version: ModelVersion; isNew: boolean } {
    const { version, isNew } = this.#deps.registry.record({ ...inspected.version, ...set });
    if (version === null) throw new AppError('model.unreadable', 'it is not on the list', { path: inspected.version.folder, reason: 'hidden' });
    return { version, isNew };
  }

  async #inspect(group: FileGroup, { path, acceptPickle, name }: ImportOrder): Promise<InspectedModel> {
    const inspected = await this.#deps.inspector.inspect(group);
    if (inspected.problem !== null) throw new AppError('model.unreadable', 'the header cannot be read', { path, reason: inspected.problem });
    const findings = inspected.version.facts.pickleFindings.filter(({ level }) => level !== 'suspicious');
    if (findings.length > 0 && !acceptPickle) throw new AppError('model.pickle_refused', 'a pickle that may run code', { path, findings: findings.map((one) => one.name) });
    const health = isDangerous(findings) ? { health: 'quarantined' as const } : {};
    return { ...inspected, version: { ...inspected.version, ...health, ...(name !== undefined && { modelName: name }) } };
  }

  async #chooseGroup(path: string): Promise<FileGroup> {
    const groups = await this.#findGroups(path);
    const own = groups.filter(({ folder }) => folder === path);
    const chosen = groups.find(({ files }) => files.some((file) => file.path === path)) ?? (own.length === 1 ? own[0] : groups.length === 1 ? groups[0] : undefined);
    if (chosen === undefined) throw new AppError('model.unreadable', 'not one model', { path, reason: groups.length === 0 ? 'no weights' : `${groups.length} models` });
    return chosen;
  }

  async #findGroups(path: string): Promise<FileGroup[]> {
    const isFolder = await readIsFolder(path);
    if (isFolder) return groupFiles(await listFiles(path));
    const groups = groupFiles(await listSiblings(path));
    return groups.filter(({ files }) => files.some((file) => file.path === path));
  }
}

interface Taking { readonly group: FileGroup; readonly inspected: InspectedModel; readonly signal: AbortSignal; readonly order: ImportOrder }

/** Files from above the group's folder, such as a projector, are copied beside the weights. */
function toCopiedPath(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '..' && part !== '.' && part !== '');
  return parts.length === 0 ? [basename(path)] : parts;
}

async function readIsFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new AppError('model.path_not_found', 'nothing is there', { path }, { cause: error });
  }
}

function isFull(error: unknown): boolean {
  return error instanceof HeaderError && /^(ENOSPC|EDQUOT)/.test(error.message);
}
