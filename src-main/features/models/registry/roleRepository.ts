import { z } from 'zod';
import { modelVersionId, type ModelVersionId } from '#contract/modelIds.ts';
import type { Database } from '../../../platform/sqlite/database.ts';

const aliasRow = z.object({ name: z.string(), version_id: modelVersionId });
const stepRow = z.object({ role: z.string(), version_id: modelVersionId.nullable(), reference: z.string().nullable(), at_ms: z.number(), note: z.string() });

export interface RoleStep { readonly versionId: ModelVersionId | null; readonly reference: string | null; readonly atMs: number; readonly note: string }

/** The only file with SQL on aliases, roles and their steps. */
export class RoleRepository {
  readonly #statements;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    this.#statements = {
      aliases: database.prepare('SELECT name, version_id FROM model_aliases'),
      saveAlias: database.prepare<[string, string]>('INSERT INTO model_aliases (name, version_id) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET version_id = excluded.version_id'),
      deleteAlias: database.prepare<[string]>('DELETE FROM model_aliases WHERE name = ?'),
      roles: database.prepare('SELECT name FROM model_roles ORDER BY name'),
      steps: database.prepare('SELECT role, version_id, reference, at_ms, note FROM model_role_steps ORDER BY id'),
      addRole: database.prepare<[string]>('INSERT INTO model_roles (name) VALUES (?) ON CONFLICT (name) DO NOTHING'),
      addStep: database.prepare<[string, string | null, string | null, number, string]>('INSERT INTO model_role_steps (role, version_id, reference, at_ms, note) VALUES (?, ?, ?, ?, ?)'),
      deleteRole: database.prepare<[string]>('DELETE FROM model_roles WHERE name = ?'),
    };
  }

  listAliases(): Map<string, ModelVersionId> {
    return new Map(this.#statements.aliases.all().map((raw) => { const row = aliasRow.parse(raw); return [row.name, row.version_id]; }));
  }

  saveAlias(name: string, versionId: ModelVersionId): void {
    this.#statements.saveAlias.run(name, versionId);
  }

  deleteAlias(name: string): void {
    this.#statements.deleteAlias.run(name);
  }

  /** Every role with its steps, oldest step first. */
  listRoles(): Map<string, RoleStep[]> {
    const roles = new Map<string, RoleStep[]>(this.#statements.roles.all().map((raw) => [z.object({ name: z.string() }).parse(raw).name, []]));
    for (const raw of this.#statements.steps.all()) {
      const row = stepRow.parse(raw);
      roles.get(row.role)?.push({ versionId: row.version_id, reference: row.reference, atMs: row.at_ms, note: row.note });
    }
    return roles;
  }

  addStep(role: string, step: RoleStep): void {
    this.#database.transaction(() => {
      this.#statements.addRole.run(role);
      this.#statements.addStep.run(role, step.versionId, step.reference, step.atMs, step.note);
    }).immediate();
  }

  deleteRole(name: string): void {
    this.#statements.deleteRole.run(name);
  }
}
