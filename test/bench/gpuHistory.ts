import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src-main/base/clock.ts';
import { Emitter } from '../../src-main/base/emitter.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import type { GpuReading } from '../../src-main/contract/gpus.ts';
import { HistoryRepository } from '../../src-main/features/gpus/history/historyRepository.ts';
import { HistoryService } from '../../src-main/features/gpus/history/historyService.ts';
import { HourBlock } from '../../src-main/features/gpus/history/hourBlock.ts';
import { closeDatabase, openDatabase } from '../../src-main/platform/sqlite/database.ts';
import { migrations } from '../../src-main/platform/sqlite/migrations.ts';
import { aGpu, uuid } from '../fakes/facts/aGpu.ts';
import { toBenchRow, type BenchRow } from './benchRow.ts';

const DEVICES = 8;
const DAYS = 30;
const HOUR_MS = 3_600_000;
const MIB = 1024 * 1024;
const REPEATS = 10;

/** 30 days of 8 devices: their size on disk, and how fast any range is told. */
export async function benchGpuHistory(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'wh-gpu-history-'));
  const path = join(folder, 'wheelhouse.db');
  const { database } = openDatabase({ path, migrations, nowMs: Date.now(), log: silentLog });
  const emptyBytes = Number(database.pragma('page_count', { simple: true })) * Number(database.pragma('page_size', { simple: true }));
  const lastHour = Math.floor(Date.now() / HOUR_MS);
  const repository = new HistoryRepository(database);
  database.transaction(() => { fill(repository, lastHour); })();
  database.pragma('wal_checkpoint(TRUNCATE)');
  const sizeMib = (statSync(path).size - emptyBytes) / MIB;

  const didRead = new Emitter<GpuReading>();
  const history = new HistoryService({ repository, onDidRead: didRead.event, clock: systemClock, log: silentLog, isReadOnly: false });
  history.start();
  const toMs = (lastHour + 1) * HOUR_MS;
  didRead.fire({ state: 'ok', takenAtMs: Date.now() - 1_000, gpus: Array.from({ length: DEVICES }, (_, n) => aGpu({ n })) });
  const addMs = time(() => { didRead.fire({ state: 'ok', takenAtMs: Date.now(), gpus: Array.from({ length: DEVICES }, (_, n) => aGpu({ n })) }); });
  const measure = (hours: number, gpuId?: ReturnType<typeof uuid>): number => time(() => { history.query({ gpuId, fromMs: toMs - hours * HOUR_MS, toMs, points: 1_000 }); });
  const rows = [
    toBenchRow({ name: 'gpu history: 30 days of 8 devices, with index', measured: sizeMib, unit: 'MiB', atMost: 50 }),
    toBenchRow({ name: 'gpu history: 30 days of one device, median of 10', measured: measure(DAYS * 24, uuid(0)), unit: 'ms', atMost: 100 }),
    toBenchRow({ name: 'gpu history: 30 days of 8 devices, median of 10', measured: measure(DAYS * 24), unit: 'ms', atMost: 100 }),
    toBenchRow({ name: 'gpu history: a day of 8 devices, median of 10', measured: measure(24), unit: 'ms', atMost: 100 }),
    toBenchRow({ name: 'gpu history: to keep one reading of 8 devices', measured: addMs, unit: 'ms', atMost: 5 }),
  ];
  history.stop();
  closeDatabase(database);
  rmSync(folder, { recursive: true });
  return rows;
}

function fill(repository: HistoryRepository, lastHour: number): void {
  for (let hour = lastHour - DAYS * 24 + 1; hour <= lastHour; hour += 1) {
    for (let n = 0; n < DEVICES; n += 1) {
      const block = new HourBlock(hour);
      for (let minute = 0; minute < 60; minute += 1) block.set(minute, (column) => Math.random() * (column < 2 ? 24e9 : 100));
      repository.save({ id: uuid(n), name: `Fake ${n}` }, block);
    }
  }
}

function time(work: () => void): number {
  const tookMs = Array.from({ length: REPEATS }, () => {
    const startMs = performance.now();
    work();
    return performance.now() - startMs;
  });
  return tookMs.toSorted((a, b) => a - b)[REPEATS / 2] ?? Number.NaN;
}
