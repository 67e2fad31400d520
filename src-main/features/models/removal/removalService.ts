import { lstat, readdir, realpath, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '#contract/errors.ts';
import type { ModelVersion, RemovalPlan } from '#contract/models.ts';
import type { ModelVersionId } from '#contract/modelIds.ts';
import type { Logger } from '../../../base/logger.ts';
import { isInside } from '../../../platform/files/insidePath.ts';
import { getFilePath, type KeptVersion } from '../registry/keptVersion.ts';
import type { ModelRegistry } from '../registry/modelRegistry.ts';
import { resolveParent } from '../registry/lineage.ts';
import type { VersionBook } from '../registry/versionBook.ts';
import { planFiles, type RemovableFile } from './removalPolicy.ts';

type Dependent = RemovalPlan['dependents'][number];

export interface RemovalServiceDeps {
  readonly registry: ModelRegistry;
  readonly versions: VersionBook;
  /** Folders in which Wheelhouse may delete: its own and the caches that it downloads into. */
  readonly roots: readonly string[];
  /** Who else names a version: configurations, loaded engines, conversations. */
  readonly listDependents: (versionId: ModelVersionId) => readonly Dependent[];
  readonly log: Logger;
}

const HF_SNAPSHOT = /^(.*[/\\]models--[^/\\]+)[/\\]snapshots[/\\]/;

/** Takes versions off the list, with the files that nothing else uses. */
export class RemovalService {
  readonly #deps: RemovalServiceDeps;

  constructor(deps: RemovalServiceDeps) {
    this.#deps = deps;
  }

  /** @throws model.not_found */
  async plan(reference: string): Promise<RemovalPlan> {
    const version = this.#deps.registry.resolve(reference);
    const kept = this.#require(version.id);
    const files = await Promise.all(listPaths(kept).map(({ path, sizeBytes }) => this.#look(path, sizeBytes, kept)));
    return { versionId: version.id, ...planFiles(files.filter((file) => file !== null), kept.state.storage), dependents: this.#listDependents(version) };
  }

  /** @throws model.not_found, model.in_use, folder.not_writable */
  async remove(reference: string, { force }: { force: boolean }): Promise<RemovalPlan> {
    const version = this.#deps.registry.resolve(reference);
    const kept = this.#require(version.id);
    const plan = await this.plan(version.id);
    const users = plan.dependents.filter(({ kind }) => kind !== 'child' && kind !== 'conversation');
    if (users.length > 0 && !force) throw new AppError('model.in_use', 'something still names it', { reference: version.reference, users: users.map(({ name }) => name) });
    await this.#delete(kept, plan);
    this.#deps.registry.forget(version.id, { keepHidden: !isOurs(kept) });
    this.#deps.log.info('models.removed', { versionId: version.id, files: plan.deletes.length, freesBytes: plan.freesBytes });
    return plan;
  }

  async #delete(kept: KeptVersion, plan: RemovalPlan): Promise<void> {
    const doomed = new Set(plan.deletes.map(({ path }) => path));
    const links = isOurs(kept) ? await this.#listLinks(kept) : [];
    for (const path of [...links, ...doomed]) {
      try {
        await rm(path, { force: true });
        await this.#removeEmptyFolders(dirname(path));
      } catch (error) {
        const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
        throw new AppError('folder.not_writable', 'a file cannot be deleted', { path, reason }, { cause: error });
      }
    }
  }

  /** Links of its own; a file that the plan keeps is not among them, whatever folder it lies in. */
  async #listLinks(kept: KeptVersion): Promise<string[]> {
    const own = listPaths(kept).map(({ path }) => path).filter((path) => this.#isOurPath(path) && !this.#isUsedByOthers(path, kept));
    const looked = await Promise.all(own.map((path) => lstat(path).then((facts) => (facts.isSymbolicLink() ? [path] : []), () => [])));
    return looked.flat();
  }

  async #removeEmptyFolders(folder: string): Promise<void> {
    for (let at = folder; this.#deps.roots.some((root) => root !== at && isInside(root, at)); at = dirname(at)) {
      try {
        await rmdir(at);
      } catch (error) {
        if (error instanceof Error && 'code' in error) return;
        throw error;
      }
    }
  }

  async #look(path: string, sizeBytes: number, kept: KeptVersion): Promise<RemovableFile | null> {
    const realPath = await readRealPath(path);
    if (realPath === null) return null;
    const hasOtherUser = this.#isUsedByOthers(path, kept) || await this.#isLinkedElsewhere(path, realPath, kept);
    return { path, realPath, sizeBytes, isOurs: this.#isOurPath(path) && await this.#isReallyOurs(realPath), hasOtherUser };
  }

  /** Our own folders may lie behind links, such as on another disk. */
  async #isReallyOurs(realPath: string): Promise<boolean> {
    const roots = await Promise.all(this.#deps.roots.map(readRealPath));
    return roots.some((root) => root !== null && isInside(root, realPath));
  }

  #isOurPath(path: string): boolean {
    return this.#deps.roots.some((root) => isInside(root, path));
  }

  #isUsedByOthers(path: string, { record: { id } }: KeptVersion): boolean {
    return this.#deps.versions.listKept().some((other) => other.record.id !== id && !other.state.isHidden && listPaths(other).some((file) => file.path === path));
  }

  /** A blob stays while another snapshot of its repository links to it. */
  async #isLinkedElsewhere(path: string, realPath: string, kept: KeptVersion): Promise<boolean> {
    const repo = HF_SNAPSHOT.exec(path)?.[1];
    if (repo === undefined || realPath === path) return false;
    const own = new Set(listPaths(kept).map((file) => file.path));
    const entries = await readdir(join(repo, 'snapshots'), { withFileTypes: true, recursive: true });
    for (const entry of entries) {
      const link = join(entry.parentPath, entry.name);
      if (entry.isSymbolicLink() && !own.has(link) && await readRealPath(link) === realPath) return true;
    }
    return false;
  }

  #listDependents(version: ModelVersion): Dependent[] {
    const named = (kind: 'role' | 'alias') => (name: string): Dependent => ({ kind, id: name, name });
    const all = this.#deps.registry.list();
    const children = all.filter(({ parents }) => parents.some((parent) => resolveParent(parent, all).versionId === version.id));
    return [
      ...version.roles.map(named('role')), ...version.aliases.map(named('alias')), ...this.#deps.listDependents(version.id),
      ...children.map(({ id, reference }): Dependent => ({ kind: 'child', id, name: reference })),
    ];
  }

  #require(id: ModelVersionId): KeptVersion {
    const kept = this.#deps.versions.getKept(id);
    if (kept === undefined) throw new AppError('model.not_found', 'no such model', { model: id });
    return kept;
  }
}

function isOurs({ state: { storage } }: KeptVersion): boolean {
  return storage === 'managed' || storage === 'shared';
}

function listPaths(kept: KeptVersion): { path: string; sizeBytes: number }[] {
  return kept.record.files.flatMap((file) => { const path = getFilePath(kept, file); return path === null ? [] : [{ path, sizeBytes: file.sizeBytes }]; });
}

/** Null for what is not there any more; a link that leads nowhere is itself. */
async function readRealPath(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return lstat(path).then(() => path, () => null);
  }
}
