import type { Blueprint } from '#contract/blueprints.ts';
import { AppError } from '#contract/errors.ts';
import { Emitter } from '../../base/emitter.ts';
import type { BlueprintLibrary } from './blueprintLibrary.ts';
import type { ParsedBlueprint } from './blueprintParser.ts';

/** What clients may do with blueprints. Nothing is held between calls but the library's cache. */
export class BlueprintService {
  readonly #library: BlueprintLibrary;
  readonly #findUsers: (blueprintId: string) => readonly string[];
  readonly #didChange = new Emitter<{ blueprintId: string }>();

  /** A blueprint was saved or deleted. */
  readonly onDidChange = this.#didChange.event;

  /** `findUsers` names the instances that were made from a blueprint. */
  constructor({ library, findUsers }: { library: BlueprintLibrary; findUsers: (blueprintId: string) => readonly string[] }) {
    this.#library = library;
    this.#findUsers = findUsers;
  }

  list(): Promise<Blueprint[]> {
    return this.#library.list();
  }

  /** @throws blueprint.not_found */
  get(reference: string): Promise<Blueprint & { text: string }> {
    return this.#library.read(reference);
  }

  check({ fileName, text }: { fileName: string; text: string }): ParsedBlueprint & { sha256: string } {
    return this.#library.check(text, fileName);
  }

  /** @throws blueprint.conflict, folder.not_writable */
  async save(input: { stem: string; text: string; expectedSha256: string | null }): Promise<Blueprint> {
    const saved = await this.#library.saveAsCustom(input);
    this.#didChange.fire({ blueprintId: saved.id });
    return saved;
  }

  /** @throws blueprint.not_found, blueprint.read_only, blueprint.in_use */
  async delete(reference: string): Promise<void> {
    const { id } = await this.#library.read(reference);
    const instanceNames = [...this.#findUsers(id)];
    if (instanceNames.length > 0) throw new AppError('blueprint.in_use', 'Instances need the blueprint', { blueprintId: id, instanceNames });
    await this.#library.deleteCustom(id);
    this.#didChange.fire({ blueprintId: id });
  }
}
