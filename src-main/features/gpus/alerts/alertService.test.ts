import { afterEach, expect, test } from 'vitest';
import type { GpuReading } from '#contract/gpus.ts';
import type { JournalEntry } from '#contract/journal.ts';
import type { WorkstationReading } from '#contract/workstation.ts';
import { Emitter } from '../../../base/emitter.ts';
import { silentLog } from '../../../base/logger.ts';
import { FakeClock } from '../../../../test/fakes/facts/fakeClock.ts';
import { aGpu, GIB, openMemoryDatabase, uuid } from '../../../../test/fakes/facts/aGpu.ts';
import { JournalRepository, JournalService } from '../../journal/index.ts';
import { AlertService } from './alertService.ts';

class AlertWorld {
  readonly clock = new FakeClock();
  readonly gpus = new Emitter<GpuReading>();
  readonly workstation = new Emitter<WorkstationReading>();
  readonly journal = new JournalService({ repository: new JournalRepository(openMemoryDatabase()), clock: this.clock, isReadOnly: false });
  readonly notified: string[] = [];
  isNotifying = true;
  readonly service = new AlertService({
    sources: { gpus: this.gpus.event, workstation: this.workstation.event }, journal: this.journal, clock: this.clock, log: silentLog,
    host: { canNotify: true, notify: async ({ title }) => { this.notified.push(title); } },
    getLimits: () => ({ temperatureCelsius: 87, vramPercent: 95, throttleSeconds: 30, diskFreePercent: 5, memoryPercent: 93, isNotifying: this.isNotifying }),
  });

  constructor() {
    this.service.start();
  }

  async read(seconds: number, gpus: GpuReading['gpus'], state: GpuReading['state'] = 'ok'): Promise<void> {
    for (let n = 0; n < seconds; n += 1) {
      await this.clock.advance(1_000);
      this.gpus.fire({ state, takenAtMs: this.clock.nowMs(), gpus });
    }
  }

  rows(): (string | null)[][] {
    return this.journal.list({ limit: 100 }).toReversed().map(({ event, subjectKind, to }: JournalEntry) => [event, subjectKind, to]);
  }
}

let world: AlertWorld;
afterEach(() => {
  world.service.stop();
  expect([world.gpus.hasListeners, world.workstation.hasListeners, world.clock.pendingCount]).toEqual([false, false, 0]);
});

test('a hot GPU is told once in the journal, on the desktop and in the list, and again when it is cool', async () => {
  world = new AlertWorld();

  await world.read(60, [aGpu({ temperatureCelsius: 91 })]);
  const standing = world.service.list();
  await world.read(60, [aGpu({ temperatureCelsius: 60 })]);

  expect(standing).toMatchObject([{ kind: 'gpu_temperature', subjectId: uuid(0), value: 91, limit: 87, clearedAtMs: null }]);
  expect([world.rows(), world.notified, world.service.list().map(({ clearedAtMs }) => clearedAtMs !== null)]).toEqual([[['alert.raised', 'gpu', 'gpu_temperature'], ['alert.cleared', 'gpu', 'gpu_temperature']], ['GPU 0 (Fake RTX 4090) is hot'], [true]]);
});

test.each<[string, Parameters<typeof aGpu>[0], string[]]>([
  ['full memory', { usedBytes: 23.5 * GIB }, ['vram_nearly_full']],
  ['a unified memory is the machine\'s', { usedBytes: 23.5 * GIB, isMemoryUnified: true }, []],
  ['held back by power far below its clocks', { throttleReasons: ['power'], graphicsClockMhz: 900, maxGraphicsClockMhz: 2_500 }, ['power_throttling']],
  ['at its power limit near its clocks', { throttleReasons: ['power'], graphicsClockMhz: 2_300, maxGraphicsClockMhz: 2_500 }, []],
  ['a power brake', { throttleReasons: ['power-brake'], graphicsClockMhz: 2_300, maxGraphicsClockMhz: 2_500 }, ['power_throttling']],
  ['off the bus', { state: 'lost' }, ['gpu_lost']],
  ['a driver that says nothing', { temperatureCelsius: null, throttleReasons: null, totalBytes: 0 }, []],
])('a GPU with %s', async (_name, gpu, kinds) => {
  world = new AlertWorld();

  await world.read(45, [aGpu(gpu)]);

  expect(world.service.list().map(({ kind }) => kind)).toEqual(kinds);
});

test('a GPU that a reading leaves out is lost, unless the driver is only slow', async () => {
  world = new AlertWorld();
  await world.read(1, [aGpu({ n: 0 }), aGpu({ n: 1 })]);

  await world.read(5, [], 'slow');
  const slow = world.service.list();
  await world.read(5, [aGpu({ n: 0 })]);

  expect([slow, world.service.list().map(({ kind, subjectId }) => [kind, subjectId])]).toEqual([[], [['gpu_lost', uuid(1)]]]);
});

test('a full disk and full memory are told', async () => {
  world = new AlertWorld();
  for (let n = 0; n < 30; n += 1) {
    await world.clock.advance(1_000);
    world.workstation.fire({ takenAtMs: world.clock.nowMs(), cpuPercent: 5, coreCount: 8, memoryTotalBytes: 100, memoryUsedBytes: 97, diskTotalBytes: 100, diskFreeBytes: 3 });
  }

  expect([world.notified, world.rows().map(([, kind]) => kind)]).toEqual([['A disk is nearly full', 'Memory is nearly full'], ['alert', 'alert']]);
});

test('an app that dies for want of memory again and again is told once in ten minutes', async () => {
  world = new AlertWorld();
  const die = (): void => { world.journal.record({ event: 'instance.status', subjectKind: 'instance', subjectId: 'inst_1', subjectName: 'ComfyUI', to: 'error', cause: 'out_of_gpu_memory' }); };

  for (let n = 0; n < 3; n += 1) { die(); await world.clock.advance(60_000); }
  await world.clock.advance(600_000);
  die();

  expect(world.notified).toEqual(['ComfyUI ran out of memory', 'ComfyUI ran out of memory']);
});

test('notifications can be switched off, the journal stays', async () => {
  world = new AlertWorld();
  world.isNotifying = false;

  await world.read(5, [aGpu({ state: 'lost' })]);

  expect([world.notified, world.rows()]).toEqual([[], [['alert.raised', 'gpu', 'gpu_lost']]]);
});
