import { join } from 'node:path';
import { AppError, hasCode } from '#contract/errors.ts';
import type { InstanceId } from '#contract/ids.ts';
import type { Instance, PreflightCheck } from '#contract/instances.ts';
import { createShellEnvironment } from './environmentPolicy.ts';
import { ensureFolder, getInstancePaths, isThere } from './instanceFolder.ts';
import { InstanceDirectory } from './instanceDirectory.ts';
import { InstanceEditor, type Edit, type NewInstance } from './instanceEditor.ts';
import { InstanceTrash } from './instanceTrash.ts';
import type { Supervisor } from './supervisor.ts';
import type { SupervisorDeps } from './supervisorDeps.ts';

interface InstanceServiceDeps {
  readonly supervisor: Supervisor;
  readonly deps: SupervisorDeps;
  readonly isReadOnly: boolean;
  /** How long the trash keeps what was deleted. */
  readonly getKeepTrashDays: () => number;
  /** @throws database.read_only where nothing may be changed. */
  readonly requireWritable: () => void;
}

const STOP_ALL_MS = 40_000;

/** What clients may do with instances, and what they see of them. */
export class InstanceService {
  readonly #options: InstanceServiceDeps;
  readonly #directory: InstanceDirectory;
  readonly #editor: InstanceEditor;
  readonly #trash: InstanceTrash;
  #isStarted = false;

  constructor(options: InstanceServiceDeps) {
    const { supervisor, deps } = options;
    this.#options = options;
    this.#directory = new InstanceDirectory({ supervisor, deps });
    this.#editor = new InstanceEditor({ deps, supervisor, directory: this.#directory });
    this.#trash = new InstanceTrash({ deps, supervisor, directory: this.#directory });
  }

  get onDidChange(): InstanceDirectory['onDidChange'] {
    return this.#directory.onDidChange;
  }

  get onDidChangeLiveCount(): InstanceDirectory['onDidChangeLiveCount'] {
    return this.#directory.onDidChangeLiveCount;
  }

  /** How many instances have, or may have, processes. */
  get liveCount(): number {
    return this.#options.supervisor.liveCount;
  }

  /** Reads what is kept; nothing is started or signalled. */
  async start(): Promise<void> {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const { supervisor } = this.#options;
    await this.#directory.shelf.refresh();
    supervisor.onDidChange((actor) => { this.#directory.announce(actor); });
    supervisor.start();
  }

  /** Looks after what was left running, then starts what is marked for it. */
  async resume(): Promise<void> {
    const { supervisor, isReadOnly, getKeepTrashDays, deps: { machine } } = this.#options;
    if (isReadOnly) return;
    await supervisor.resume();
    await this.#trash.prune(getKeepTrashDays());
    supervisor.autostart().catch((error: unknown) => { machine.log.error('instances.autostart_failed', { error }); });
  }

  /** Leaves everything that runs as it is. */
  async stop(): Promise<void> {
    await this.#options.supervisor.stop();
  }

  /** Stops all and waits until each is proven stopped, or the time is up. */
  async stopAll({ deadlineMs = STOP_ALL_MS }: { deadlineMs?: number } = {}): Promise<void> {
    await this.#options.supervisor.stopAll({ deadlineMs });
  }

  list({ deleted }: { deleted: boolean }): Instance[] {
    return this.#directory.list({ deleted }).map((actor) => this.#directory.show(actor));
  }

  /** @throws instance.not_found */
  get(reference: string): Instance {
    return this.#directory.show(this.#directory.find(reference));
  }

  /** The id of an instance, trashed or not. @throws instance.not_found */
  resolve(reference: string): InstanceId {
    return this.#directory.find(reference, { deleted: 'either' }).kept.id;
  }

  /** @throws instance.name_taken, instance.name_invalid, blueprint.not_found, port.in_use, bad_input, database.read_only */
  async create(input: NewInstance): Promise<Instance> {
    this.#options.requireWritable();
    return this.#directory.show(await this.#editor.create(input));
  }

  /** Applies all edits or none. @throws as `create`, and instance.not_found, instance.folder_exists */
  async update(edits: readonly Edit[]): Promise<Instance[]> {
    this.#options.requireWritable();
    return (await this.#editor.update(edits)).map((actor) => this.#directory.show(actor));
  }

  /** Checks what a start needs; nothing is downloaded or made. @throws instance.not_found */
  async preflight(reference: string): Promise<PreflightCheck[]> {
    const { kept } = this.#directory.find(reference);
    await this.#directory.shelf.refresh();
    const blueprint = this.#directory.shelf.get(kept.settings.blueprintId);
    if (blueprint !== null) return this.#options.supervisor.preparation.check(kept, blueprint, kept.installStamp !== null);
    return [{ id: 'blueprint', level: 'failed', subject: kept.settings.blueprintId, needed: null, available: null, hint: 'Choose another blueprint' }];
  }

  /** Asks an instance to run; answers once it is queued. Twice does nothing. @throws instance.not_found, blueprint.not_found, blueprint.unparsed, port.in_use, port.pool_empty, terminal.host_unavailable, database.read_only */
  async startOne(reference: string, { acceptUnparsed = false }: { acceptUnparsed?: boolean } = {}): Promise<Instance> {
    return this.#request(reference, 'start', acceptUnparsed);
  }

  /** Stops an instance if it runs, then starts it. @throws as `startOne` */
  async restartOne(reference: string): Promise<Instance> {
    return this.#request(reference, 'restart', this.#directory.find(reference).isLive);
  }

  /** Asks an instance to stop; answers once it is stopping. Twice does nothing. @throws instance.not_found */
  async stopOne(reference: string): Promise<Instance> {
    const actor = this.#directory.find(reference);
    await actor.send({ kind: 'stop' });
    return this.#directory.show(actor);
  }

  /** Moves a stopped instance to the trash. @throws instance.not_found, instance.busy, folder.not_writable */
  async delete(reference: string): Promise<Instance> {
    this.#options.requireWritable();
    return this.#directory.show(await this.#trash.delete(reference));
  }

  /** @throws instance.not_found, instance.name_taken, instance.folder_exists, folder.not_writable */
  async restore(reference: string): Promise<Instance> {
    this.#options.requireWritable();
    return this.#directory.show(await this.#trash.restore(reference));
  }

  /** @throws instance.not_found, folder.not_writable */
  async purge(reference: string): Promise<void> {
    this.#options.requireWritable();
    await this.#trash.purge(reference);
  }

  /** @throws instance.not_found */
  measure(reference: string): Promise<{ sizeBytes: number; fileCount: number }> {
    return this.#trash.measure(reference);
  }

  /** What a shell inside an instance needs: its folder, made if it is missing, and its environment activated. @throws instance.not_found, folder.not_writable */
  async shellEnvironment(reference: string): Promise<{ env: Record<string, string>; cwd: string }> {
    const { kept } = this.#directory.find(reference);
    const { places } = this.#options.deps;
    const { folder } = getInstancePaths(places.instances, kept);
    await ensureFolder(folder);
    const environment = this.#directory.shelf.get(kept.settings.blueprintId)?.header.env;
    const environmentFolder = environment === undefined || environment.type === 'none' ? null : join(folder, environment.path);
    const isMade = environmentFolder !== null && await isThere(environmentFolder);
    return { cwd: folder, env: createShellEnvironment({ base: places.environment, environmentFolder: isMade ? environmentFolder : null, folder, slug: kept.slug }) };
  }

  async #request(reference: string, kind: 'start' | 'restart', acceptUnparsed: boolean): Promise<Instance> {
    this.#options.requireWritable();
    const actor = this.#directory.find(reference);
    await this.#requireParsed(actor.kept.settings.blueprintId, acceptUnparsed);
    try {
      await actor.request({ kind });
    } catch (error) {
      // A folder that cannot be used is shown by the instance itself, as everything that a preflight finds.
      if (!hasCode(error, 'instance.folder_exists') && !hasCode(error, 'folder.not_writable')) throw error;
    }
    return this.#directory.show(actor);
  }

  /** A script without a readable header is started only after a confirm. A missing one is the start's to refuse. */
  async #requireParsed(blueprintId: string, acceptUnparsed: boolean): Promise<void> {
    await this.#directory.shelf.refresh();
    const blueprint = this.#directory.shelf.get(blueprintId);
    if (blueprint?.group === 'unparsed' && !acceptUnparsed) throw new AppError('blueprint.unparsed', 'the header cannot be read', { blueprintId });
  }
}
