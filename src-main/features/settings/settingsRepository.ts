import { z } from 'zod';
import type { ViewState } from '#contract/settings.ts';
import type { Database } from '../../platform/sqlite/database.ts';

const row = z.object({ name: z.string(), value: z.string().transform((text): unknown => JSON.parse(text)).pipe(z.json()) });

/** The only file with SQL on `settings` and `views`. */
export class SettingsRepository {
  readonly #allSettings;
  readonly #saveSetting;
  readonly #deleteSetting;
  readonly #allViews;
  readonly #saveView;

  constructor(database: Database) {
    this.#allSettings = database.prepare('SELECT key AS name, value FROM settings');
    this.#saveSetting = database.prepare<[string, string, number]>('INSERT INTO settings (key, value, changed_at_ms) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_at_ms = excluded.changed_at_ms');
    this.#deleteSetting = database.prepare<[string]>('DELETE FROM settings WHERE key = ?');
    this.#allViews = database.prepare('SELECT name, value FROM views');
    this.#saveView = database.prepare<[string, string, number]>('INSERT INTO views (name, value, changed_at_ms) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at_ms = excluded.changed_at_ms');
  }

  readSettings(): ReadonlyMap<string, unknown> {
    return new Map(this.#allSettings.all().map((raw) => row.parse(raw)).map(({ name, value }) => [name, value]));
  }

  saveSetting(key: string, value: unknown, atMs: number): void {
    this.#saveSetting.run(key, JSON.stringify(value), atMs);
  }

  deleteSetting(key: string): void {
    this.#deleteSetting.run(key);
  }

  readViews(): ViewState[] {
    return this.#allViews.all().map((raw) => row.parse(raw));
  }

  saveView({ name, value }: ViewState, atMs: number): void {
    this.#saveView.run(name, JSON.stringify(value), atMs);
  }
}
