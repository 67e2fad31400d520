import { z } from 'zod';
import { lease, leaseHolder, leaseMode, leaseId as leaseIdSchema } from '#contract/leases.ts';
import { gpuId } from '#contract/ids.ts';
import type { Database } from '../../../platform/sqlite/database.ts';
import { createShare, type LeaseRecord } from './leaseRecord.ts';

const row = z.object({ id: leaseIdSchema, holder_kind: leaseHolder.shape.kind, holder_id: z.string(), holder_name: z.string(), mode: leaseMode, priority: lease.shape.priority, shares: z.string(), granted_at_ms: z.number() });
const shares = z.array(z.object({ gpuId, bytes: z.number() }));

/** The only file with SQL on `gpu_leases`. */
export class LeaseRepository {
  readonly #list;
  readonly #save;
  readonly #delete;

  constructor(database: Database) {
    this.#list = database.prepare('SELECT * FROM gpu_leases ORDER BY granted_at_ms, rowid');
    this.#save = database.prepare<[string, string, string, string, string, number, string, number]>(
      `INSERT INTO gpu_leases (id, holder_kind, holder_id, holder_name, mode, priority, shares, granted_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET shares = excluded.shares`);
    this.#delete = database.prepare<[string]>('DELETE FROM gpu_leases WHERE id = ?');
  }

  /** Every lease that was held when the last backend ended, as yet unclaimed. */
  list(): LeaseRecord[] {
    return this.#list.all().map((raw) => {
      const kept = row.parse(raw);
      return {
        id: kept.id, holder: { kind: kept.holder_kind, id: kept.holder_id, name: kept.holder_name }, mode: kept.mode, priority: kept.priority, state: 'unclaimed',
        shares: shares.parse(JSON.parse(kept.shares)).map((share) => createShare(share.gpuId, share.bytes)), marks: new Set<string>(), pids: new Set<number>(), grantedAtMs: kept.granted_at_ms,
      };
    });
  }

  /** Writes a lease, or its shares anew. */
  save({ id, holder, mode, priority, shares: held, grantedAtMs }: LeaseRecord): void {
    this.#save.run(id, holder.kind, holder.id, holder.name, mode, priority, JSON.stringify(held.map(({ gpuId: device, bytes }) => ({ gpuId: device, bytes }))), grantedAtMs);
  }

  delete(id: string): void {
    this.#delete.run(id);
  }
}
