import type { Gpu, GpuReading } from '../../src-main/contract/gpus.ts';
import { Emitter } from '../../src-main/base/emitter.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import { LeaseRepository } from '../../src-main/features/gpus/ledger/leaseRepository.ts';
import { LeaseService } from '../../src-main/features/gpus/ledger/leaseService.ts';
import type { Database } from '../../src-main/platform/sqlite/database.ts';
import { aGpu, openMemoryDatabase } from '../fakes/facts/aGpu.ts';
import { FakeClock, settle } from '../fakes/facts/fakeClock.ts';

/** A ledger whose driver and processes are values. */
export class GpuWorld {
  readonly clock = new FakeClock();
  readonly database: Database;
  readonly didRead = new Emitter<GpuReading>();
  readonly marks = new Map<number, { name: string; mark: string | null }>();
  readonly service: LeaseService;
  state: GpuReading['state'] = 'ok';
  gpus: Gpu[];
  /** What was read last; null before the first. */
  last: GpuReading | null = null;
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
    return this.#tell();
  }

  /** Lets a second pass, as the sampler does. */
  async tick(): Promise<void> {
    await this.clock.advance(1_000);
    this.#tell();
    await settle();
  }

  #tell(): GpuReading {
    this.last = this.reading();
    this.didRead.fire(this.last);
    return this.last;
  }
}
