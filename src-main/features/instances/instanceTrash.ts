import { lstat, opendir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#contract/errors.ts';
import type { InstanceActor } from './instanceActor.ts';
import type { InstanceDirectory } from './instanceDirectory.ts';
import { requireFreeSlug } from './instanceEditing.ts';
import { getInstancePaths, isThere, moveInstanceFolder, toFolderError } from './instanceFolder.ts';
import type { KeptInstance } from './instanceRepository.ts';
import type { Supervisor } from './supervisor.ts';
import type { SupervisorDeps } from './supervisorDeps.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** Moves instances to the trash and back; files first, the record last. */
export class InstanceTrash {
  readonly #deps: SupervisorDeps;
  readonly #supervisor: Supervisor;
  readonly #directory: InstanceDirectory;

  constructor({ deps, supervisor, directory }: { deps: SupervisorDeps; supervisor: Supervisor; directory: InstanceDirectory }) {
    this.#deps = deps;
    this.#supervisor = supervisor;
    this.#directory = directory;
  }

  /** @throws instance.not_found, instance.busy, folder.not_writable */
  async delete(reference: string): Promise<InstanceActor> {
    const actor = this.#directory.find(reference);
    await actor.exclusive(async () => {
      const { kept } = actor;
      this.#requireStill(actor, { isTrashed: false });
      if (actor.isLive) throw new AppError('instance.busy', 'only a stopped instance can be deleted', { instanceId: kept.id, name: kept.settings.name, status: kept.life.state.kind });
      await moveInstanceFolder(getInstancePaths(this.#deps.places.instances, kept).folder, this.#placeOf(kept));
      this.#keep(actor, { ...kept, deletedAtMs: this.#deps.machine.clock.nowMs() });
      this.#directory.record('instance.deleted', kept);
    });
    this.#directory.announceRemoval(actor);
    return actor;
  }

  /** @throws instance.not_found, instance.name_taken, instance.folder_exists, folder.not_writable */
  async restore(reference: string): Promise<InstanceActor> {
    const actor = this.#directory.find(reference, { deleted: true });
    await actor.exclusive(async () => {
      const { kept } = actor;
      this.#requireStill(actor, { isTrashed: true });
      requireFreeSlug({ slug: kept.slug, name: kept.settings.name, id: kept.id }, this.#directory.listKept());
      const restored = { ...kept, folderName: kept.slug, deletedAtMs: null };
      const { folder } = getInstancePaths(this.#deps.places.instances, restored);
      if (await isThere(folder)) throw new AppError('instance.folder_exists', 'the folder is there', { path: folder });
      await moveInstanceFolder(this.#placeOf(kept), folder);
      this.#keep(actor, restored);
      this.#directory.record('instance.restored', kept);
    });
    return actor;
  }

  /** Deletes a trashed instance, its files and its logs for good; links are removed, never what they point at. @throws instance.not_found, folder.not_writable */
  async purge(reference: string): Promise<void> {
    const actor = this.#directory.find(reference, { deleted: true });
    await actor.exclusive(async () => {
      const { kept } = actor;
      this.#requireStill(actor, { isTrashed: true });
      try {
        await rm(this.#placeOf(kept), { recursive: true, force: true, maxRetries: 3 });
        await this.#deps.records.runs.purge(kept.id);
      } catch (error) {
        throw toFolderError(error, this.#placeOf(kept));
      }
      this.#deps.records.repository.delete(kept.id);
      this.#supervisor.remove(kept.id);
      this.#directory.record('instance.purged', kept);
    });
  }

  /** What was found may have moved or gone while its turn was waited for. @throws instance.not_found */
  #requireStill(actor: InstanceActor, { isTrashed }: { isTrashed: boolean }): void {
    const isThereStill = this.#supervisor.list().includes(actor) && (actor.kept.deletedAtMs !== null) === isTrashed;
    if (!isThereStill) throw new AppError('instance.not_found', 'it is no longer there', { instance: actor.kept.settings.name });
  }

  /** Purges what has been in the trash for longer. Does not throw: what cannot be deleted stays. */
  async prune(keepDays: number): Promise<void> {
    const { clock, log } = this.#deps.machine;
    const beforeMs = clock.nowMs() - keepDays * DAY_MS;
    for (const { kept } of this.#directory.list({ deleted: true }).filter((actor) => (actor.kept.deletedAtMs ?? beforeMs) < beforeMs)) {
      await this.purge(kept.id).catch((error: unknown) => { log.warn('trash.prune_failed', { instanceId: kept.id, error }); });
    }
  }

  /** Bytes of a folder, links not followed. @throws instance.not_found */
  async measure(reference: string): Promise<{ sizeBytes: number; fileCount: number }> {
    const { kept } = this.#directory.find(reference, { deleted: 'either' });
    const folder = this.#directory.folderOf(kept);
    return await isThere(folder) ? measureFolder(folder) : { sizeBytes: 0, fileCount: 0 };
  }

  #placeOf({ id }: KeptInstance): string {
    return join(this.#deps.places.trash, id);
  }

  #keep(actor: InstanceActor, kept: KeptInstance): void {
    this.#deps.records.repository.save(kept);
    actor.replace(kept);
  }
}

async function measureFolder(root: string): Promise<{ sizeBytes: number; fileCount: number }> {
  let sizeBytes = 0;
  let fileCount = 0;
  for await (const entry of await opendir(root, { recursive: true })) {
    if (entry.isDirectory()) continue;
    fileCount += 1;
    sizeBytes += (await lstat(join(entry.parentPath, entry.name)).catch(() => null))?.size ?? 0;
  }
  return { sizeBytes, fileCount };
}
