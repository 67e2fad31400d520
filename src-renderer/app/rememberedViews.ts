import type { z } from 'zod';
import type { Client } from '../client/client.ts';
import { ConnectionLostError } from '../client/connection.ts';
import type { SettingStore } from '../features/settings/settingStore.ts';

export type Json = z.infer<ReturnType<typeof z.json>>;

interface ViewDeps {
  client: { settings: Pick<Client['settings'], 'rememberView'> };
  store: SettingStore;
  report: (error: unknown) => void;
}

/** A drag saves this often, not at every step. */
const SAVE_EVERY_MS = 400;

/**
 * What the window remembers of its layout, kept by the backend. A value is in force here at once and is saved at once too,
 * since a window may go away at any moment; where several follow each other, those behind the first within 400 ms. The
 * mirror of the settings brings the saved ones at every connection.
 */
export class Views {
  readonly #deps: ViewDeps;
  readonly #unsaved = new Map<string, Json>();
  readonly #resting = new Map<string, ReturnType<typeof setTimeout>>();
  /** Names whose newest value nobody has tried to save. */
  readonly #untried = new Set<string>();

  constructor(deps: ViewDeps) {
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
    if (this.#resting.has(name)) this.#untried.add(name);
    else this.#saveAndRest(name, value);
  }

  /** Saves now what was not saved yet; what fails for want of a connection is kept for the next time. */
  async flush(): Promise<void> {
    for (const timer of this.#resting.values()) clearTimeout(timer);
    this.#resting.clear();
    this.#untried.clear();
    const saving = [...this.#unsaved];
    await Promise.all(saving.map(([name, value]) => this.#save(name, value)));
  }

  #saveAndRest(name: string, value: Json): void {
    this.#resting.set(name, setTimeout(() => {
      this.#resting.delete(name);
      const newest = this.#unsaved.get(name);
      if (this.#untried.delete(name) && newest !== undefined) this.#saveAndRest(name, newest);
    }, SAVE_EVERY_MS));
    this.#save(name, value).catch(this.#deps.report);
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
