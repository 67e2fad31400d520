import { z } from 'zod';
import { gpuId, instanceId, type InstanceId } from '#contract/ids.ts';
import type { InstanceSettings } from '#contract/instances.ts';
import type { Database } from '../../platform/sqlite/database.ts';
import { life, type Life } from './lifeState.ts';

const json = z.string().transform((text): unknown => JSON.parse(text));
const row = z.object({
  id: instanceId, name: z.string(), slug: z.string(), folder_name: z.string(), blueprint_id: z.string(), group_name: z.string().nullable(), notes: z.string(),
  autostart: z.int(), port_setting: z.int().nullable(), gpu_ids: json.pipe(z.array(gpuId)).nullable(), launch_args: z.string(), output_path: z.string().nullable(),
  hostname: z.string().nullable(), python_version: z.string(), torch_version: z.string(), cuda_version: z.string(),
  life: json.pipe(life), install_stamp: z.string().nullable(), created_at_ms: z.number(), deleted_at_ms: z.number().nullable(),
});

/** An instance as it is kept. `folderName` lags behind `slug` after a rename until the folder may be moved. */
export interface KeptInstance {
  readonly id: InstanceId;
  readonly slug: string;
  readonly folderName: string;
  readonly settings: InstanceSettings;
  readonly life: Life;
  readonly installStamp: string | null;
  readonly createdAtMs: number;
  readonly deletedAtMs: number | null;
}

/** The only file with SQL on `instances`. */
export class InstanceRepository {
  readonly #database: Database;
  readonly #save;
  readonly #all;
  readonly #saveLife;
  readonly #delete;

  constructor(database: Database) {
    this.#database = database;
    this.#save = database.prepare<[Record<string, unknown>]>(`
      INSERT INTO instances (id, name, slug, folder_name, blueprint_id, group_name, notes, autostart, port_setting, gpu_ids, launch_args, output_path, hostname,
        python_version, torch_version, cuda_version, status, life, install_stamp, created_at_ms, deleted_at_ms)
      VALUES (@id, @name, @slug, @folderName, @blueprintId, @group, @notes, @autostart, @portSetting, @gpuIds, @launchArgs, @outputPath, @hostname,
        @pythonVersion, @torchVersion, @cudaVersion, @status, @life, @installStamp, @createdAtMs, @deletedAtMs)
      ON CONFLICT (id) DO UPDATE SET name = excluded.name, slug = excluded.slug, folder_name = excluded.folder_name, blueprint_id = excluded.blueprint_id,
        group_name = excluded.group_name, notes = excluded.notes, autostart = excluded.autostart, port_setting = excluded.port_setting, gpu_ids = excluded.gpu_ids,
        launch_args = excluded.launch_args, output_path = excluded.output_path, hostname = excluded.hostname, python_version = excluded.python_version,
        torch_version = excluded.torch_version, cuda_version = excluded.cuda_version, status = excluded.status, life = excluded.life,
        install_stamp = excluded.install_stamp, deleted_at_ms = excluded.deleted_at_ms`);
    this.#all = database.prepare('SELECT * FROM instances ORDER BY created_at_ms, id');
    this.#saveLife = database.prepare<[string, string, string]>('UPDATE instances SET status = ?, life = ? WHERE id = ?');
    this.#delete = database.prepare<[string]>('DELETE FROM instances WHERE id = ?');
  }

  /** All, trashed ones too, oldest first. */
  list(): KeptInstance[] {
    return this.#all.all().map((raw) => toKept(row.parse(raw)));
  }

  save(kept: KeptInstance): void {
    this.#save.run(toParameters(kept));
  }

  /** Saves all or none. */
  saveAll(all: readonly KeptInstance[]): void {
    this.#database.transaction(() => { for (const kept of all) this.save(kept); }).immediate();
  }

  saveLife(id: InstanceId, next: Life): void {
    this.#saveLife.run(next.state.kind, JSON.stringify(next), id);
  }

  delete(id: InstanceId): void {
    this.#delete.run(id);
  }
}

function toKept(raw: z.infer<typeof row>): KeptInstance {
  return {
    id: raw.id, slug: raw.slug, folderName: raw.folder_name, life: raw.life, installStamp: raw.install_stamp, createdAtMs: raw.created_at_ms, deletedAtMs: raw.deleted_at_ms,
    settings: {
      name: raw.name, blueprintId: raw.blueprint_id, group: raw.group_name, notes: raw.notes, autostart: raw.autostart === 1, port: raw.port_setting ?? 'auto',
      gpuIds: raw.gpu_ids, launchArgs: raw.launch_args, outputPath: raw.output_path, hostname: raw.hostname,
      pythonVersion: raw.python_version, torchVersion: raw.torch_version, cudaVersion: raw.cuda_version,
    },
  };
}

function toParameters({ settings, life: lifeNow, ...kept }: KeptInstance): Record<string, unknown> {
  const { autostart, port, gpuIds, ...plain } = settings;
  return {
    ...kept, ...plain, autostart: autostart ? 1 : 0, portSetting: port === 'auto' ? null : port,
    gpuIds: gpuIds === null ? null : JSON.stringify(gpuIds), status: lifeNow.state.kind, life: JSON.stringify(lifeNow),
  };
}
