import type { z } from 'zod';
import type { Client } from '../client/client.ts';
import { ConnectionLostError } from '../client/connection.ts';
import type { SettingStore } from '../features/settings/settingStore.ts';

export type Json = z.infer<ReturnType<typeof z.json>>;

const SAVE_AFTER_MS = 400;

/**
 * What the window remembers of its layout, kept by the backend. A value is in force here at once and is saved a moment
 * later; the mirror of the settings brings the saved ones at every connection.
 */
export class Views {
  readonly #deps: { client: Client; store: SettingStore; report: (error: unknown) => void };
  readonly #unsaved = new Map<string, Json>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(deps: { client: Client; store: SettingStore; report: (error: unknown) => void }) {
    this.#deps = deps;
  }

  /** The remembered value, or `fallback` when there is none or it no longer fits its schema. */
  get<S extends z.ZodType>(name: string, schema: S, fallback: z.infer<S>): z.infer<S> {
    const stored = this.#unsaved.get(name) ?? this.#deps.store.getState().views[name];
    if (stored === undefined) return fallback;
    const parsed = schema.safeParse(stored);
    return parsed.success ? parsed.data : fallback;
  }

  /** Remembers a value; `name` is letters, digits and dots. */
  set(name: string, value: Json): void {
    this.#unsaved.set(name, value);
    this.#timer ??= setTimeout(() => { this.flush().catch(this.#deps.report); }, SAVE_AFTER_MS);
  }

  /** Saves now what was not saved yet; what fails for want of a connection is kept for the next time. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const saving = [...this.#unsaved];
    await Promise.all(saving.map(([name, value]) => this.#save(name, value)));
  }

  async #save(name: string, value: Json): Promise<void> {
    const { client, store, report } = this.#deps;
    try {
      await client.settings.rememberView({ name, value });
    } catch (error) {
      if (error instanceof ConnectionLostError) return;
      report(error);
    }
    store.setState(({ views }) => ({ views: { ...views, [name]: value } }));
    if (this.#unsaved.get(name) === value) this.#unsaved.delete(name);
  }
}
