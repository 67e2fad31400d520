import { afterEach, expect, test } from 'vitest';
import type { Gpu, GpuReading } from '#contract/gpus.ts';
import { Emitter } from '../../../base/emitter.ts';
import { silentLog } from '../../../base/logger.ts';
import { FakeClock } from '../../../../test/fakes/facts/fakeClock.ts';
import { aGpu, GIB, openMemoryDatabase, uuid } from '../../../../test/fakes/facts/aGpu.ts';
import { HistoryRepository } from './historyRepository.ts';
import { HistoryService } from './historyService.ts';

const HOUR_MS = 3_600_000;
const START_MS = 500_000 * HOUR_MS;

class HistoryWorld {
  readonly clock = new FakeClock(START_MS);
  readonly database = openMemoryDatabase();
  readonly didRead = new Emitter<GpuReading>();
  history = this.open();

  open(): HistoryService {
    const history = new HistoryService({ repository: new HistoryRepository(this.database), onDidRead: this.didRead.event, clock: this.clock, log: silentLog, isReadOnly: false });
    history.start();
    return history;
  }

  /** Readings at these seconds after the start. */
  sample(seconds: Iterable<number>, gpu: (second: number) => Gpu = () => aGpu({ usedBytes: GIB })): void {
    for (const second of seconds) {
      this.clock.setWall(START_MS + second * 1_000);
      this.didRead.fire({ state: 'ok', takenAtMs: this.clock.nowMs(), gpus: [gpu(second)] });
    }
  }

  query(fromSecond: number, toSecond: number, points = 1_000): ReturnType<HistoryService['query']> {
    return this.history.query({ fromMs: START_MS + fromSecond * 1_000, toMs: START_MS + toSecond * 1_000, points });
  }
}

function* range(from: number, to: number, step = 1): Generator<number> {
  for (let n = from; n < to; n += step) yield n;
}

let world: HistoryWorld;
afterEach(() => {
  world.history.stop();
  world.database.close();
  expect([world.didRead.hasListeners, world.clock.pendingCount]).toEqual([false, 0]);
});

test('the last minutes are told second by second', () => {
  world = new HistoryWorld();
  world.sample(range(0, 60), (second) => aGpu({ usedBytes: second, utilizationPercent: 10, throttleReasons: second < 30 ? [] : ['power'] }));

  const { stepMs, atMs, series: [one] } = world.query(0, 60);

  expect([stepMs, atMs.length, one?.gpuId, one?.usedBytes.slice(0, 3), one?.utilizationPercent[9], one?.temperatureCelsius[9], one?.throttledPercent.slice(29, 31)]).toEqual([1_000, 60, uuid(0), [0, 1, 2], 10, null, [0, 100]]);
});

test('a reading that comes late or every five seconds makes no gap, a silence does', () => {
  world = new HistoryWorld();
  world.sample([...range(0, 20, 5), ...range(60, 70)]);

  const used = world.query(0, 70).series[0]?.usedBytes ?? [];

  expect([used.slice(0, 28).every((value) => value === GIB), used.slice(28, 60).every((value) => value === null), used.slice(60)]).toEqual([true, true, new Array(10).fill(GIB)]);
});

test('minutes outlive the backend, and the hour goes on where it was left', () => {
  world = new HistoryWorld();
  world.sample(range(0, 180));
  world.history.stop();
  world.history = world.open();
  world.sample(range(300, 420), () => aGpu({ usedBytes: 3 * GIB }));
  world.history.stop();
  world.history = world.open();

  const { stepMs, series: [one] } = world.query(0, 600);

  expect([stepMs, one?.name, one?.usedBytes]).toEqual([60_000, 'Fake RTX 4090', [GIB, GIB, GIB, null, null, 3 * GIB, 3 * GIB, null, null, null]]);
});

test('an hour asleep is an hour without figures', () => {
  world = new HistoryWorld();
  world.sample([...range(0, 600), ...range(4_200, 4_800)]);

  const used = world.query(0, 4_800).series[0]?.usedBytes ?? [];

  expect(used.map((value) => value !== null).join('')).toMatch(/^(true)+(false)+(true)+$/);
});

test('a clock that is set back leaves no samples of the future', () => {
  world = new HistoryWorld();
  world.sample(range(7_200, 7_260));
  world.sample(range(0, 60), () => aGpu({ usedBytes: 2 * GIB }));

  expect([world.query(0, 60).series[0]?.usedBytes[30], world.query(0, 60).stepMs]).toEqual([2 * GIB, 1_000]);
});

test('a driver that repeats its last word is not measured, nor is a lost device', () => {
  world = new HistoryWorld();
  world.sample([0, 1]);
  world.clock.setWall(START_MS + 90_000);
  world.didRead.fire({ state: 'slow', takenAtMs: world.clock.nowMs(), gpus: [aGpu({ usedBytes: GIB })] });
  world.didRead.fire({ state: 'ok', takenAtMs: world.clock.nowMs(), gpus: [aGpu({ usedBytes: GIB, state: 'lost' })] });

  expect(world.query(60, 120).series).toEqual([]);
});

test('a range is told in no more steps than asked for', () => {
  world = new HistoryWorld();
  world.sample(range(0, 86_400, 30));

  expect([world.query(0, 86_400, 100).atMs.length, world.query(0, 86_400, 1_000).atMs.length <= 1_000, world.query(50, 10).atMs.length]).toEqual([100, true, 1]);
});

test('what is older than 30 days, or of a wrong future, is forgotten', () => {
  world = new HistoryWorld();
  world.sample(range(0, 120));
  world.sample(range(365 * 86_400, 365 * 86_400 + 120));
  world.clock.setWall(START_MS + 31 * 86_400_000);
  world.history.stop();

  world.history = world.open();

  expect(world.database.prepare('SELECT count(*) AS n FROM gpu_history').get()).toEqual({ n: 0 });
});
