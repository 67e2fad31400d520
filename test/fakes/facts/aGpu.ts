import SqliteDatabase from 'better-sqlite3';
import type { Gpu, GpuProcess } from '../../../src-main/contract/gpus.ts';
import { gpuId, type GpuId } from '../../../src-main/contract/ids.ts';
import type { LeaseHolder } from '../../../src-main/contract/leases.ts';
import { toBareGpu } from '../../../src-main/platform/gpu/gpuProbe.ts';
import type { Database } from '../../../src-main/platform/sqlite/database.ts';
import { migrations } from '../../../src-main/platform/sqlite/migrations.ts';

export const GIB = 1024 ** 3;

/** A UUID as NVIDIA's driver writes them. */
export function uuid(n: number): GpuId {
  return gpuId.parse(`GPU-00000000-0000-0000-0000-${String(n).padStart(12, '0')}`);
}

/** A 24 GiB card on which nothing runs. */
export function aGpu(set: Partial<Gpu> & { n?: number } = {}): Gpu {
  const { n = 0, ...facts } = set;
  return { ...toBareGpu({ id: uuid(n), index: n, vendor: 'nvidia', name: 'Fake RTX 4090' }), totalBytes: 24 * GIB, usedBytes: 0, isDisplayAttached: false, processes: [], migMode: 'off', ...facts };
}

export function aProcess(set: Partial<GpuProcess> = {}): GpuProcess {
  return { pid: 4711, usedBytes: GIB, kind: 'compute', migId: null, ...set };
}

export function aHolder(name: string, kind: LeaseHolder['kind'] = 'run'): LeaseHolder {
  return { kind, id: `${kind}_${name}`, name };
}

export function openMemoryDatabase(): Database {
  const database = new SqliteDatabase(':memory:');
  for (const { up } of migrations) database.exec(up);
  return database;
}
