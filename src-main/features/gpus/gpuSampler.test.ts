import { expect, test } from 'vitest';
import { silentLog } from '../../base/logger.ts';
import type { Clock } from '../../base/clock.ts';
import type { GpuFacts } from '../../platform/gpu/gpuProbe.ts';
import { FakeClock, settle } from '../../../test/fakes/facts/fakeClock.ts';
import { GpuSampler } from './gpuSampler.ts';

function aSampler(clock: Clock, facts: GpuFacts = { state: 'ok', gpus: [] }) {
  const counts = { reads: 0, stops: 0 };
  const probe = { read: async () => { counts.reads += 1; return facts; }, stop: async () => { counts.stops += 1; } };
  return { counts, sampler: new GpuSampler({ probe, clock, log: silentLog }) };
}

test('a window makes it one reading a second, none makes it one in five, whoever else listens', async () => {
  const clock = new FakeClock();
  const { counts, sampler } = aSampler(clock);
  sampler.onDidRead(() => undefined);
  sampler.start();

  await clock.advance(20_000);
  const unwatched = counts.reads;
  const end = sampler.watch();
  await clock.advance(20_000);
  const watched = counts.reads - unwatched;
  end();
  end();
  await clock.advance(20_000);

  expect([unwatched, watched, counts.reads - unwatched - watched]).toEqual([5, 20, 4]);
});

test('where there is no GPU it is looked for once a minute', async () => {
  const clock = new FakeClock();
  const { counts, sampler } = aSampler(clock, { state: 'absent', gpus: [] });
  sampler.watch();
  sampler.start();

  await clock.advance(300_000);

  expect(counts.reads).toBe(6);
});

test('a slow driver is never asked twice at once, and whoever waits gets the same reading', async () => {
  const clock = new FakeClock();
  const answer = Promise.withResolvers<GpuFacts>();
  let asked = 0;
  const sampler = new GpuSampler({ clock, log: silentLog, probe: { read: () => { asked += 1; return answer.promise; } } });
  sampler.watch();
  sampler.start();

  await clock.advance(10_000);
  const [first, second] = [sampler.latest(), sampler.latest()];
  answer.resolve({ state: 'ok', gpus: [] });

  expect([asked, await first === await second]).toEqual([1, true]);
});

test('a machine that slept for an hour takes one reading, with the time of now', async () => {
  let tick = (): void => undefined;
  let nowMs = 1_000;
  const { counts, sampler } = aSampler({ nowMs: () => nowMs, monotonicMs: () => nowMs, after: () => () => undefined, every: (_, call) => { tick = call; return () => undefined; }, sleep: async () => undefined });
  sampler.watch();
  sampler.start();
  tick();
  await settle();

  nowMs += 3_600_000;
  tick();
  tick();
  await settle();

  expect([counts.reads, sampler.last?.takenAtMs]).toEqual([2, 3_601_000]);
});

test('a clock set back does not stop the readings', async () => {
  const clock = new FakeClock();
  const { counts, sampler } = aSampler(clock);
  sampler.watch();
  sampler.start();
  await clock.advance(3_000);

  clock.setWall(1_000);
  await clock.advance(3_000);

  expect(counts.reads).toBe(6);
});

test('the first reading is taken at the start, not a period later', async () => {
  const { counts, sampler } = aSampler(new FakeClock());

  sampler.start();
  sampler.start();
  await settle();

  expect([counts.reads, sampler.last?.state]).toEqual([1, 'ok']);
});

test('the end ends the probe', async () => {
  const { counts, sampler } = aSampler(new FakeClock());
  sampler.start();
  await sampler.read();

  await sampler.stop();

  expect(counts.stops).toBe(1);
});
