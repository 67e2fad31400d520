import SqliteDatabase from 'better-sqlite3';
import type { Gpu, GpuProcess, GpuReading } from '../../src-main/contract/gpus.ts';
import { gpuId, type GpuId } from '../../src-main/contract/ids.ts';
import type { LeaseHolder } from '../../src-main/contract/leases.ts';
import { Emitter } from '../../src-main/base/emitter.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import { LeaseRepository } from '../../src-main/features/gpus/ledger/leaseRepository.ts';
import { LeaseService } from '../../src-main/features/gpus/ledger/leaseService.ts';
import { toBareGpu } from '../../src-main/platform/gpu/gpuProbe.ts';
import type { Database } from '../../src-main/platform/sqlite/database.ts';
import { migrations } from '../../src-main/platform/sqlite/migrations.ts';
import { FakeClock, settle } from './fakeClock.ts';

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

/** A ledger whose driver and processes are values. */
export class GpuWorld {
  readonly clock = new FakeClock();
  readonly database: Database;
  readonly didRead = new Emitter<GpuReading>();
  readonly marks = new Map<number, { name: string; mark: string | null }>();
  readonly service: LeaseService;
  state: GpuReading['state'] = 'ok';
  gpus: Gpu[];
  reserveBytes = 0;
  readCount = 0;
  /** The driver gives no answer while this is set. */
  isHanging = false;

  constructor({ gpus = [aGpu()], database = openMemoryDatabase() }: { gpus?: Gpu[]; database?: Database } = {}) {
    this.gpus = gpus;
    this.database = database;
    this.service = new LeaseService({
      readings: { onDidRead: this.didRead.event, latest: () => this.read(), read: () => this.read() },
      owners: { read: async (pids) => new Map(pids.flatMap((pid) => { const known = this.marks.get(pid); return known === undefined ? [] : [[pid, known] as const]; })) },
      repository: new LeaseRepository(database),
      getReserveBytes: () => this.reserveBytes, clock: this.clock, log: silentLog,
    });
    this.service.start();
  }

  reading(): GpuReading {
    return { state: this.state, takenAtMs: this.clock.nowMs(), gpus: structuredClone(this.gpus) };
  }

  async read(): Promise<GpuReading> {
    this.readCount += 1;
    if (this.isHanging) return new Promise(() => undefined);
    const reading = this.reading();
    this.didRead.fire(reading);
    return reading;
  }

  /** Lets a second pass, as the sampler does. */
  async tick(): Promise<void> {
    await this.clock.advance(1_000);
    this.didRead.fire(this.reading());
    await settle();
  }
}
