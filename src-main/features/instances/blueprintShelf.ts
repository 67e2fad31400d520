import type { Blueprint } from '#contract/blueprints.ts';
import type { BlueprintLibrary } from '../blueprints/index.ts';

/** The blueprints as they were last read, for answers that may not wait for the disk. */
export class BlueprintShelf {
  readonly #library: BlueprintLibrary;
  #blueprints = new Map<string, Blueprint>();

  constructor({ library }: { library: BlueprintLibrary }) {
    this.#library = library;
  }

  get(id: string): Blueprint | null {
    return this.#blueprints.get(id) ?? null;
  }

  async refresh(): Promise<void> {
    this.#blueprints = new Map((await this.#library.list()).map((blueprint) => [blueprint.id, blueprint]));
  }
}
