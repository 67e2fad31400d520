import { z } from 'zod';
import { modelFile, modelFormat, modelHealth, modelParent, modelSource, modelVersion, type ModelFile, type ModelParent } from '#contract/models.ts';
import { modelId, modelVersionId, type ModelId, type ModelVersionId } from '#contract/modelIds.ts';
import type { Database } from '../../../platform/sqlite/database.ts';
import { versionFacts, type KeptVersion, type VersionRecord, type VersionState } from './keptVersion.ts';

const json = z.string().transform((text): unknown => JSON.parse(text));
const versionRow = z.object({
  id: modelVersionId, model_id: modelId, label: z.string(), format: modelFormat, kind: modelVersion.shape.kind, family: z.string(), size_bytes: z.number(),
  content_sha256: z.string().nullable(), source: json.pipe(modelSource), facts: json.pipe(versionFacts), created_at_ms: z.number(),
  storage: modelVersion.shape.storage, folder: z.string(), places: json.pipe(z.record(z.string(), z.string())), modified_at_ms: z.number(),
  tags: json.pipe(z.array(z.string())), notes: z.string(), status: modelVersion.shape.status, health: modelHealth, last_used_at_ms: z.number().nullable(), is_hidden: z.int(),
});
const fileRow = z.object({ version_id: z.string(), path: z.string(), size_bytes: z.number(), sha256: z.string().nullable(), role: modelFile.shape.role });
const parentRow = z.object({ version_id: z.string(), relation: modelParent.shape.relation, name: z.string(), parent_version_id: modelVersionId.nullable() });
const modelRow = z.object({ id: modelId, name: z.string() });

/** The only file with SQL on models, their versions, files, parents and states. */
export class ModelRepository {
  readonly #database: Database;
  readonly #statements;

  constructor(database: Database) {
    this.#database = database;
    this.#statements = prepare(database);
  }

  /** Hidden ones too, oldest first. */
  list(): KeptVersion[] {
    const files = groupBy(this.#statements.files.all().map((raw) => fileRow.parse(raw)));
    const parents = groupBy(this.#statements.parents.all().map((raw) => parentRow.parse(raw)));
    return this.#statements.versions.all().map((raw) => {
      const row = versionRow.parse(raw);
      return toKept(row, (files.get(row.id) ?? []).map(toFile), (parents.get(row.id) ?? []).map(toParent));
    });
  }

  listModels(): { id: ModelId; name: string }[] {
    return this.#statements.models.all().map((raw) => modelRow.parse(raw));
  }

  /** Adds a version with its files, state and parents, and its model where that is new: all or nothing. */
  add(kept: KeptVersion, model: { id: ModelId; name: string }): void {
    const { record, state, parents } = kept;
    const { insertModel, insertVersion, insertFile } = this.#statements;
    this.#database.transaction(() => {
      insertModel.run({ ...model, createdAtMs: record.createdAtMs });
      insertVersion.run({ ...record, files: null, source: JSON.stringify(record.source), facts: JSON.stringify(record.facts) });
      for (const [position, file] of record.files.entries()) insertFile.run({ ...file, position, versionId: record.id });
      this.saveState(record.id, state);
      for (const parent of parents) this.addParent(record.id, parent);
    }).immediate();
  }

  saveState(versionId: ModelVersionId, state: VersionState): void {
    this.#statements.saveState.run({ ...state, versionId, places: JSON.stringify(state.places), tags: JSON.stringify(state.tags), isHidden: state.isHidden ? 1 : 0 });
  }

  addParent(versionId: ModelVersionId, parent: ModelParent): void {
    this.#statements.addParent.run({ versionId, relation: parent.relation, name: parent.name, parentId: parent.versionId });
  }

  /** Writes hashes that were not known when the version was recorded. */
  tellHashes(record: Pick<VersionRecord, 'id' | 'files' | 'contentSha256'>): void {
    this.#database.transaction(() => {
      for (const { path, sha256 } of record.files) this.#statements.tellFileHash.run(sha256, record.id, path);
      this.#statements.tellContentHash.run(record.contentSha256, record.id);
    }).immediate();
  }

  /** Forgets a version, and its model when it was the last one. */
  delete({ id, modelId: model }: Pick<VersionRecord, 'id' | 'modelId'>): void {
    this.#database.transaction(() => {
      this.#statements.deleteVersion.run(id);
      this.#statements.deleteModel.run(model, model);
    }).immediate();
  }
}

function prepare(database: Database) {
  return {
    versions: database.prepare('SELECT v.*, s.* FROM model_versions v JOIN model_states s ON s.version_id = v.id ORDER BY v.created_at_ms, v.id'),
    files: database.prepare('SELECT * FROM model_files ORDER BY version_id, position'),
    parents: database.prepare('SELECT * FROM model_parents ORDER BY version_id, relation, name'),
    models: database.prepare('SELECT id, name FROM models'),
    insertModel: database.prepare<[Record<string, unknown>]>('INSERT INTO models (id, name, created_at_ms) VALUES (@id, @name, @createdAtMs) ON CONFLICT (id) DO NOTHING'),
    insertVersion: database.prepare<[Record<string, unknown>]>(`INSERT INTO model_versions (id, model_id, label, format, kind, family, size_bytes, content_sha256, source, facts, created_at_ms)
      VALUES (@id, @modelId, @label, @format, @kind, @family, @sizeBytes, @contentSha256, @source, @facts, @createdAtMs)`),
    insertFile: database.prepare<[Record<string, unknown>]>('INSERT INTO model_files (version_id, position, path, size_bytes, sha256, role) VALUES (@versionId, @position, @path, @sizeBytes, @sha256, @role)'),
    saveState: database.prepare<[Record<string, unknown>]>(`
      INSERT INTO model_states (version_id, storage, folder, places, modified_at_ms, tags, notes, status, health, last_used_at_ms, is_hidden)
      VALUES (@versionId, @storage, @folder, @places, @modifiedAtMs, @tags, @notes, @status, @health, @lastUsedAtMs, @isHidden)
      ON CONFLICT (version_id) DO UPDATE SET storage = excluded.storage, folder = excluded.folder, places = excluded.places, modified_at_ms = excluded.modified_at_ms,
        tags = excluded.tags, notes = excluded.notes, status = excluded.status, health = excluded.health, last_used_at_ms = excluded.last_used_at_ms, is_hidden = excluded.is_hidden`),
    addParent: database.prepare<[Record<string, unknown>]>(`INSERT INTO model_parents (version_id, relation, name, parent_version_id) VALUES (@versionId, @relation, @name, @parentId)
      ON CONFLICT (version_id, relation, name) DO UPDATE SET parent_version_id = excluded.parent_version_id`),
    tellFileHash: database.prepare<[string | null, string, string]>('UPDATE model_files SET sha256 = ? WHERE version_id = ? AND path = ? AND sha256 IS NULL'),
    tellContentHash: database.prepare<[string | null, string]>('UPDATE model_versions SET content_sha256 = ? WHERE id = ? AND content_sha256 IS NULL'),
    deleteVersion: database.prepare<[string]>('DELETE FROM model_versions WHERE id = ?'),
    deleteModel: database.prepare<[string, string]>('DELETE FROM models WHERE id = ? AND NOT EXISTS (SELECT 1 FROM model_versions WHERE model_id = ?)'),
  };
}

function groupBy<T extends { version_id: string }>(rows: readonly T[]): Map<string, T[]> {
  return Map.groupBy(rows, ({ version_id: id }) => id);
}

function toFile({ path, size_bytes: sizeBytes, sha256, role }: z.infer<typeof fileRow>): ModelFile {
  return { path, sizeBytes, sha256, role };
}

function toParent({ relation, name, parent_version_id: versionId }: z.infer<typeof parentRow>): ModelParent {
  return { relation, name, versionId };
}

function toKept(row: z.infer<typeof versionRow>, files: ModelFile[], parents: ModelParent[]): KeptVersion {
  const { id, label, format, kind, family, source, facts, storage, folder, places, tags, notes, status, health } = row;
  return {
    record: { id, modelId: row.model_id, label, format, kind, family, sizeBytes: row.size_bytes, contentSha256: row.content_sha256, source, facts, createdAtMs: row.created_at_ms, files },
    state: { storage, folder, places, modifiedAtMs: row.modified_at_ms, tags, notes, status, health, lastUsedAtMs: row.last_used_at_ms, isHidden: row.is_hidden === 1 },
    parents,
  };
}
