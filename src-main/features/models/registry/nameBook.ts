import type { ModelRole } from '#contract/models.ts';
import type { ModelVersionId } from '#contract/modelIds.ts';
import { AppError } from '#contract/errors.ts';
import { invariant } from '../../../base/invariant.ts';
import type { RoleRepository, RoleStep } from './roleRepository.ts';

interface NamedVersion { readonly id: ModelVersionId; readonly reference: string }

/** Aliases and roles: the names that users give and that may point elsewhere tomorrow. */
export class NameBook {
  readonly #repository: RoleRepository;
  #aliases = new Map<string, ModelVersionId>();
  #roles = new Map<string, RoleStep[]>();

  constructor(repository: RoleRepository) {
    this.#repository = repository;
  }

  load(): void {
    this.#aliases = this.#repository.listAliases();
    this.#roles = this.#repository.listRoles();
  }

  /** The version behind a role or an alias; undefined for a name that is neither or points nowhere. */
  find(name: string): ModelVersionId | undefined {
    return this.#roles.get(name)?.at(-1)?.versionId ?? this.#aliases.get(name);
  }

  isAlias(name: string): boolean {
    return this.#aliases.has(name);
  }

  isRole(name: string): boolean {
    return this.#roles.has(name);
  }

  namesOf(versionId: ModelVersionId): { aliases: string[]; roles: string[] } {
    return {
      aliases: [...this.#aliases].flatMap(([name, id]) => (id === versionId ? [name] : [])),
      roles: [...this.#roles].flatMap(([name, steps]) => (steps.at(-1)?.versionId === versionId ? [name] : [])),
    };
  }

  /** Names of all versions that have one, in one pass. */
  namesByVersion(): Map<ModelVersionId, { aliases: string[]; roles: string[] }> {
    const ids = new Set([...this.#aliases.values(), ...[...this.#roles.values()].flatMap((steps) => steps.at(-1)?.versionId ?? [])]);
    return new Map([...ids].map((id) => [id, this.namesOf(id)]));
  }

  /** Returns the version that had the alias. */
  setAlias(name: string, versionId: ModelVersionId): ModelVersionId | undefined {
    const before = this.#aliases.get(name);
    this.#repository.saveAlias(name, versionId);
    this.#aliases.set(name, versionId);
    return before;
  }

  /** Returns the version that had it; undefined where there is no such alias. */
  removeAlias(name: string): ModelVersionId | undefined {
    const before = this.#aliases.get(name);
    this.#repository.deleteAlias(name);
    this.#aliases.delete(name);
    return before;
  }

  listRoles(): ModelRole[] {
    return [...this.#roles.keys()].toSorted((a, b) => a.localeCompare(b)).map((name) => this.getRole(name));
  }

  /** @throws model.role_not_found */
  getRole(name: string): ModelRole {
    const steps = this.#stepsOf(name);
    const last = steps.at(-1);
    return { name, versionId: last?.versionId ?? null, reference: last?.reference ?? null, history: steps.map((step) => ({ ...step })) };
  }

  /** Takes one step: the role points there from now on. */
  takeStep(role: string, step: RoleStep): ModelRole {
    this.#repository.addStep(role, step);
    this.#roles.set(role, [...this.#roles.get(role) ?? [], step]);
    return this.getRole(role);
  }

  /**
   * The version that the role pointed to before the present one. Steps back do not pile up: going back twice goes back two.
   * @throws model.role_not_found, model.no_way_back
   */
  findWayBack(role: string, isThere: (id: ModelVersionId) => boolean): NamedVersion {
    const steps = this.#stepsOf(role);
    const present = steps.at(-1)?.versionId;
    const trail: RoleStep[] = [];
    for (const step of steps) {
      const at = step.note === WAY_BACK_NOTE ? trail.findLastIndex((one) => one.versionId === step.versionId) : -1;
      if (at >= 0) trail.splice(at + 1);
      else trail.push(step);
    }
    const target = trail.slice(0, -1).findLast(({ versionId }) => versionId !== null && versionId !== present && isThere(versionId));
    if (target?.versionId == null) throw new AppError('model.no_way_back', 'the role pointed to nothing else that is still here', { role });
    invariant(target.reference !== null, 'a step to a version has its reference');
    return { id: target.versionId, reference: target.reference };
  }

  removeRole(name: string): void {
    this.#stepsOf(name);
    this.#repository.deleteRole(name);
    this.#roles.delete(name);
  }

  /** After a removal: aliases of the version go, roles point to nothing. */
  forget(versionId: ModelVersionId, atMs: number): void {
    const { aliases, roles } = this.namesOf(versionId);
    for (const alias of aliases) this.removeAlias(alias);
    for (const role of roles) this.takeStep(role, { versionId: null, reference: null, atMs, note: '' });
  }

  #stepsOf(name: string): RoleStep[] {
    const steps = this.#roles.get(name);
    if (steps === undefined) throw new AppError('model.role_not_found', 'no such role', { role: name });
    return steps;
  }
}

/** The note of a step that went back. */
export const WAY_BACK_NOTE = 'revert';
