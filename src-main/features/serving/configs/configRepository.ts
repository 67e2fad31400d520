import { z } from 'zod';
import { modelConfigId, modelConfigSettings, type ModelConfigId, type ModelConfigSettings } from '#contract/modelConfigs.ts';
import type { Database } from '../../../platform/sqlite/database.ts';

const row = z.object({ id: modelConfigId, settings: z.string(), created_at_ms: z.number(), updated_at_ms: z.number() });

/** A configuration that somebody made. */
export interface KeptConfig { readonly id: ModelConfigId; readonly settings: ModelConfigSettings; readonly createdAtMs: number; readonly updatedAtMs: number }

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
      return { id: kept.id, settings: modelConfigSettings.parse(JSON.parse(kept.settings)), createdAtMs: kept.created_at_ms, updatedAtMs: kept.updated_at_ms };
    });
  }

  save({ id, settings, createdAtMs, updatedAtMs }: KeptConfig): void {
    this.#save.run(id, settings.name, JSON.stringify(settings), createdAtMs, updatedAtMs);
  }

  delete(id: ModelConfigId): void {
    this.#delete.run(id);
  }
}
