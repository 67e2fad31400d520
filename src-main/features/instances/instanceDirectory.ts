import { join } from 'node:path';
import { AppError } from '#contract/errors.ts';
import type { Instance, InstanceChange } from '#contract/instances.ts';
import type { JournalEvent } from '#contract/journal.ts';
import { Emitter } from '../../base/emitter.ts';
import { BlueprintShelf } from './blueprintShelf.ts';
import type { InstanceActor } from './instanceActor.ts';
import { getInstancePaths } from './instanceFolder.ts';
import { toInstance } from './instanceProjection.ts';
import type { KeptInstance } from './instanceRepository.ts';
import { getRunId } from './lifeState.ts';
import type { Supervisor } from './supervisor.ts';
import type { SupervisorDeps } from './supervisorDeps.ts';

/** Finds instances, shows them, and announces what changed of them. */
export class InstanceDirectory {
  readonly #supervisor: Supervisor;
  readonly #deps: SupervisorDeps;
  readonly #didChange = new Emitter<InstanceChange>();
  readonly #didChangeLiveCount = new Emitter<number>();
  readonly shelf: BlueprintShelf;
  #liveCount = 0;

  readonly onDidChange = this.#didChange.event;
  readonly onDidChangeLiveCount = this.#didChangeLiveCount.event;

  constructor({ supervisor, deps }: { supervisor: Supervisor; deps: SupervisorDeps }) {
    this.#supervisor = supervisor;
    this.#deps = deps;
    this.shelf = new BlueprintShelf({ library: deps.shared.library });
  }

  /** Oldest first. */
  list({ deleted }: { deleted: boolean }): InstanceActor[] {
    return this.#supervisor.list().filter(({ kept }) => (kept.deletedAtMs !== null) === deleted);
  }

  listKept(): KeptInstance[] {
    return this.#supervisor.list().map(({ kept }) => kept);
  }

  /** By id, by slug or by its exact name, in this order. @throws instance.not_found */
  find(reference: string, { deleted = false }: { deleted?: boolean | 'either' } = {}): InstanceActor {
    const actors = this.#supervisor.list().filter(({ kept }) => deleted === 'either' || (kept.deletedAtMs !== null) === deleted);
    const found = actors.find(({ kept }) => kept.id === reference) ?? actors.find(({ kept }) => kept.slug === reference) ?? actors.find(({ kept }) => kept.settings.name === reference);
    if (found === undefined) throw new AppError('instance.not_found', 'no such instance', { instance: reference });
    return found;
  }

  show(actor: InstanceActor): Instance {
    const { kept, stage } = actor;
    const { runs } = this.#deps.records;
    const runId = getRunId(kept.life.state);
    const lastRun = runs.findLast(kept.id);
    const run = lastRun !== null && lastRun.id === runId && lastRun.endedAtMs === null ? lastRun : null;
    return toInstance(kept, {
      folder: this.folderOf(kept), blueprint: this.shelf.get(kept.settings.blueprintId), stage, run, lastRun, runSettings: run === null ? {} : runs.settingsOf(run.id),
    });
  }

  folderOf(kept: KeptInstance): string {
    const { instances, trash } = this.#deps.places;
    return kept.deletedAtMs === null ? getInstancePaths(instances, kept).folder : join(trash, kept.id);
  }

  /** Tells clients how an instance stands now. */
  announce(actor: InstanceActor): void {
    if (actor.kept.deletedAtMs === null) this.#didChange.fire({ kind: 'changed', instance: this.show(actor) });
    const { liveCount } = this.#supervisor;
    if (liveCount === this.#liveCount) return;
    this.#liveCount = liveCount;
    this.#didChangeLiveCount.fire(liveCount);
  }

  announceRemoval({ kept }: InstanceActor): void {
    this.#didChange.fire({ kind: 'removed', instanceId: kept.id });
  }

  /** Writes what a user did to an instance into the journal. */
  record(event: JournalEvent, { id, settings }: KeptInstance, details: Record<string, unknown> = {}): void {
    this.#deps.records.journal.record({ event, subjectKind: 'instance', subjectId: id, subjectName: settings.name, details });
  }
}
