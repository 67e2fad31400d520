import { isAbsolute } from 'node:path';
import { AppError } from '#contract/errors.ts';
import { instanceId, type InstanceId } from '#contract/ids.ts';
import type { InstanceSettings } from '#contract/instances.ts';
import { createId } from '../../base/ids.ts';
import type { InstanceActor } from './instanceActor.ts';
import type { InstanceDirectory } from './instanceDirectory.ts';
import { applyEdit, defaultSettings, findChangedFields, requireFreeSlug, requireSlug } from './instanceEditing.ts';
import { getInstancePaths, isThere } from './instanceFolder.ts';
import type { KeptInstance } from './instanceRepository.ts';
import { createLife } from './lifeState.ts';
import type { Supervisor } from './supervisor.ts';
import type { SupervisorDeps } from './supervisorDeps.ts';

type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };
export type NewInstance = Loose<InstanceSettings> & Pick<InstanceSettings, 'name' | 'blueprintId'>;
export interface Edit { readonly instance: string; readonly set: Loose<InstanceSettings> }

interface Change { readonly actor: InstanceActor; readonly settings: InstanceSettings; readonly slug: string }

/** Creates and edits instances; settings only, never their lives. */
export class InstanceEditor {
  readonly #deps: SupervisorDeps;
  readonly #supervisor: Supervisor;
  readonly #directory: InstanceDirectory;

  constructor({ deps, supervisor, directory }: { deps: SupervisorDeps; supervisor: Supervisor; directory: InstanceDirectory }) {
    this.#deps = deps;
    this.#supervisor = supervisor;
    this.#directory = directory;
  }

  /** @throws instance.name_taken, instance.name_invalid, blueprint.not_found, port.in_use, bad_input */
  async create(input: NewInstance): Promise<InstanceActor> {
    const settings = await this.#complete(applyEdit({ ...defaultSettings, name: input.name, blueprintId: input.blueprintId }, input), null);
    const slug = requireSlug(settings.name);
    requireFreeSlug({ slug, name: settings.name, id: null }, this.#directory.listKept());
    const nowMs = this.#deps.machine.clock.nowMs();
    const id = instanceId.parse(createId('inst', nowMs));
    const kept: KeptInstance = { id, slug, folderName: slug, settings, life: createLife(nowMs), installStamp: null, createdAtMs: nowMs, deletedAtMs: null };
    this.#deps.records.repository.save(kept);
    const actor = this.#supervisor.add(kept);
    this.#directory.record('instance.created', kept, { blueprintId: settings.blueprintId });
    this.#directory.announce(actor);
    return actor;
  }

  /** Applies all edits or none; a field that stays as it was does not count. @throws as `create`, and instance.not_found, instance.folder_exists */
  async update(edits: readonly Edit[]): Promise<InstanceActor[]> {
    const wanted = new Map<InstanceActor, InstanceSettings>();
    for (const { instance, set } of edits) {
      const actor = this.#directory.find(instance);
      wanted.set(actor, applyEdit(wanted.get(actor) ?? actor.kept.settings, set));
    }
    const changes: Change[] = [];
    for (const [actor, raw] of wanted) {
      if (findChangedFields(actor.kept.settings, raw).length === 0) continue;
      const settings = await this.#complete(raw, actor.kept);
      changes.push({ actor, settings, slug: settings.name === actor.kept.settings.name ? actor.kept.slug : requireSlug(settings.name) });
    }
    await this.#requireRoom(changes);
    this.#save(changes);
    for (const { actor } of changes) await actor.exclusive(() => (actor.isLive ? undefined : actor.settleFolder()));
    return [...wanted.keys()];
  }

  /** Checks what one instance's settings can be checked for alone, and gives the blueprint its full id. */
  async #complete(settings: InstanceSettings, before: KeptInstance | null): Promise<InstanceSettings> {
    if (settings.outputPath !== null && !isAbsolute(settings.outputPath)) throw new AppError('bad_input', 'the output path is relative', { issues: ['outputPath must be absolute'] });
    if (settings.port !== 'auto' && settings.port !== before?.settings.port) this.#deps.shared.ports.requireFixable(settings.port, before?.id ?? null);
    if (settings.blueprintId === before?.settings.blueprintId) return settings;
    const { id } = await this.#deps.shared.library.read(settings.blueprintId);
    await this.#directory.shelf.refresh();
    return { ...settings, blueprintId: id };
  }

  /** Names and ports must be free among all as they will be, and folders must not be in the way. */
  async #requireRoom(changes: readonly Change[]): Promise<void> {
    const changed = new Map<InstanceId, Change>(changes.map((change) => [change.actor.kept.id, change]));
    const others = this.#directory.listKept().filter(({ id }) => !changed.has(id));
    const seen: KeptInstance[] = [...others];
    for (const { actor: { kept }, settings, slug } of changes) {
      requireFreeSlug({ slug, name: settings.name, id: kept.id }, seen);
      const twin = seen.find(({ settings: { port }, deletedAtMs }) => deletedAtMs === null && port !== 'auto' && port === settings.port);
      if (twin !== undefined && settings.port !== 'auto') throw new AppError('port.in_use', 'two instances want one port', { port: settings.port, holderPid: null, holderCommand: null, holderInstance: twin.settings.name });
      seen.push({ ...kept, settings, slug });
      const { folder } = getInstancePaths(this.#deps.places.instances, { folderName: slug, settings });
      if (slug !== kept.slug && slug !== kept.folderName && await isThere(folder)) throw new AppError('instance.folder_exists', 'a folder of that name is there', { path: folder });
    }
  }

  /** No wait between reading an instance and saving it: its life may change at any turn. */
  #save(changes: readonly Change[]): void {
    const fresh = changes.map(({ actor, settings, slug }) => ({ actor, before: actor.kept, kept: { ...actor.kept, settings, slug } }));
    this.#deps.records.repository.saveAll(fresh.map(({ kept }) => kept));
    for (const { actor, before, kept } of fresh) {
      actor.replace(kept);
      this.#directory.record('instance.changed', kept, { fields: findChangedFields(before.settings, kept.settings) });
    }
  }
}
