import { z } from 'zod';
import type { ModelVersionId } from '#contract/modelIds.ts';
import type { Database } from '../../../platform/sqlite/database.ts';
import { KEPT_MEASUREMENTS, type MeasuredLoad } from './correctionPolicy.ts';

const row = z.object({ estimated_bytes: z.number(), measured_bytes: z.number() });

/** The only file with SQL on measured loads. */
export class CorrectionRepository {
  readonly #insert;
  readonly #newest;
  readonly #deleteOlder;

  constructor(database: Database) {
    this.#insert = database.prepare<[string, number, number, number, string]>('INSERT INTO fit_corrections (version_id, engine, estimated_bytes, measured_bytes, at_ms) SELECT id, ?, ?, ?, ? FROM model_versions WHERE id = ?');
    this.#newest = database.prepare<[string, string | null, string | null, number]>('SELECT estimated_bytes, measured_bytes FROM fit_corrections WHERE version_id = ? AND (? IS NULL OR engine = ?) ORDER BY id DESC LIMIT ?');
    this.#deleteOlder = database.prepare<[string, string, string, string, number]>('DELETE FROM fit_corrections WHERE version_id = ? AND engine = ? AND id NOT IN (SELECT id FROM fit_corrections WHERE version_id = ? AND engine = ? ORDER BY id DESC LIMIT ?)');
  }

  /** Keeps the last few of each engine. A version that was removed meanwhile has none. */
  add({ versionId, engine, estimatedBytes, measuredBytes, atMs }: MeasuredLoad & { versionId: ModelVersionId; engine: string; atMs: number }): void {
    this.#insert.run(engine, Math.round(estimatedBytes), Math.round(measuredBytes), atMs, versionId);
    this.#deleteOlder.run(versionId, engine, versionId, engine, KEPT_MEASUREMENTS);
  }

  /** The last five, oldest first; of all engines where none is named. */
  list(versionId: ModelVersionId, engine: string | null): MeasuredLoad[] {
    return this.#newest.all(versionId, engine, engine, KEPT_MEASUREMENTS).map((raw) => {
      const { estimated_bytes: estimatedBytes, measured_bytes: measuredBytes } = row.parse(raw);
      return { estimatedBytes, measuredBytes };
    }).toReversed();
  }
}
