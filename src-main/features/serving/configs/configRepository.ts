import { z } from 'zod';
import { modelConfigId, modelConfigSettings, type ModelConfigId, type ModelConfigSettings } from '#contract/modelConfigs.ts';
import { modelVersionId, type ModelVersionId } from '#contract/modelIds.ts';
import type { Database } from '../../../platform/sqlite/database.ts';

const row = z.object({ id: modelConfigId, settings: z.string(), created_at_ms: z.number(), updated_at_ms: z.number() });

/** A configuration that somebody made. `replaces`: the version whose own configuration it was before it was changed; null for one that stands beside that. */
export interface KeptConfig { readonly id: ModelConfigId; readonly settings: ModelConfigSettings; readonly replaces: ModelVersionId | null; readonly createdAtMs: number; readonly updatedAtMs: number }

/** What stands in the column `settings`. */
const keptSettings = modelConfigSettings.extend({ replaces: modelVersionId.nullable().default(null) });

/** The only file with SQL on `model_configs`. */
export class ConfigRepository {
  readonly #list;
  readonly #save;
  readonly #delete;

  constructor(database: Database) {
    this.#list = database.prepare('SELECT * FROM model_configs ORDER BY created_at_ms, rowid');
    this.#save = database.prepare<[string, string, string, number, number]>(
      `INSERT INTO model_configs (id, name, settings, created_at_ms, updated_at_ms) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, settings = excluded.settings, updated_at_ms = excluded.updated_at_ms`);
    this.#delete = database.prepare<[string]>('DELETE FROM model_configs WHERE id = ?');
  }

  /** The oldest first. */
  list(): KeptConfig[] {
    return this.#list.all().map((raw) => {
      const kept = row.parse(raw);
      const { replaces, ...settings } = keptSettings.parse(JSON.parse(kept.settings));
      return { id: kept.id, settings, replaces, createdAtMs: kept.created_at_ms, updatedAtMs: kept.updated_at_ms };
    });
  }

  save({ id, settings, replaces, createdAtMs, updatedAtMs }: KeptConfig): void {
    this.#save.run(id, settings.name, JSON.stringify({ ...settings, replaces }), createdAtMs, updatedAtMs);
  }

  delete(id: ModelConfigId): void {
    this.#delete.run(id);
  }
}
