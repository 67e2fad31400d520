import { systemClock } from '../../src-main/base/clock.ts';
import { Emitter } from '../../src-main/base/emitter.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import type { GpuProcess, GpuReading } from '../../src-main/contract/gpus.ts';
import { LeaseRepository } from '../../src-main/features/gpus/ledger/leaseRepository.ts';
import { LeaseService } from '../../src-main/features/gpus/ledger/leaseService.ts';
import { aGpu, aHolder, GIB, openMemoryDatabase } from '../fakes/facts/aGpu.ts';
import { toBenchRow, type BenchRow } from './benchRow.ts';

const DEVICES = 64;
const LEASES = 1_000;
const DECISIONS = 2_000;
const WAITING = 50;

/** What a decision costs on a full box: booking, refusing with all its reasons, giving back, and taking a reading. */
export async function benchGpuLedger(): Promise<BenchRow[]> {
  const didRead = new Emitter<GpuReading>();
  const processes = (device: number): GpuProcess[] => Array.from({ length: 4 }, (_, n) => ({ pid: 1_000 + device * 10 + n, usedBytes: 0.1 * GIB, kind: 'compute', migId: null }));
  const gpus = Array.from({ length: DEVICES }, (_, n) => aGpu({ n, processes: processes(n) }));
  const reading = (): GpuReading => ({ state: 'ok', takenAtMs: Date.now(), gpus });
  const read = async (): Promise<GpuReading> => reading();
  const service = new LeaseService({
    readings: { onDidRead: didRead.event, latest: read, read }, owners: { read: async (pids) => new Map(pids.map((pid) => [pid, { name: 'python', mark: `run_${pid % 64}` }])) },
    repository: new LeaseRepository(openMemoryDatabase()), getReserveBytes: () => GIB / 2, clock: systemClock, log: silentLog,
  });
  service.start();
  didRead.fire(reading());
  for (let n = 0; n < LEASES; n += 1) await service.request({ bytes: 1.3 * GIB, placement: { kind: 'auto', order: 'spread' } }, aHolder(String(n)));

  const granted = await measure(async () => {
    const result = await service.request({ bytes: 0.1 * GIB }, aHolder('one more'));
    if (result.kind === 'granted') result.lease.dispose();
  });
  const refused = await measure(() => service.request({ bytes: 20 * GIB }, aHolder('too large')));
  const aborts = Array.from({ length: WAITING }, () => new AbortController());
  const waiting = aborts.map(({ signal }, n) => service.request({ bytes: 20 * GIB }, aHolder(`waits ${n}`), { patienceMs: null, signal }));
  const queued = await measure(() => service.request({ bytes: 20 * GIB }, aHolder('behind')));
  const readings = await measure(async () => { didRead.fire(reading()); }, 500, 0.5);
  for (const abort of aborts) abort.abort();
  await Promise.all(waiting);
  service.stop();
  return [
    toBenchRow({ name: `gpu ledger: take and give back, ${DEVICES} devices and ${LEASES} leases, p99`, measured: granted, unit: 'ms', atMost: 1 }),
    toBenchRow({ name: 'gpu ledger: a refusal with its reasons, p99', measured: refused, unit: 'ms', atMost: 1 }),
    toBenchRow({ name: `gpu ledger: a refusal behind ${WAITING} who wait, p99`, measured: queued, unit: 'ms', atMost: 1 }),
    toBenchRow({ name: 'gpu ledger: to take over a reading, median', measured: readings, unit: 'ms', atMost: 5 }),
  ];
}

async function measure(work: () => Promise<unknown>, count = DECISIONS, share = 0.99): Promise<number> {
  const tookMs: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const startMs = performance.now();
    await work();
    tookMs.push(performance.now() - startMs);
  }
  return tookMs.toSorted((a, b) => a - b)[Math.floor(count * share)] ?? Number.NaN;
}
