import { expect, test } from 'vitest';
import { aConfig } from '../fakes/serving/aModel.ts';
import { settle } from '../fakes/facts/fakeClock.ts';
import { refusalOf, ServingWorld, slotOf } from '../support/servingWorld.ts';

const [a, b] = [aConfig('a'), aConfig('b')];

/** A model that failed to load, somebody who waits for the next try, and an unload. */
async function unloadBetweenTries(): Promise<{ world: ServingWorld; waiting: ReturnType<ServingWorld['ask']>; unloading: Promise<void> }> {
  const world = new ServingWorld();
  world.starter.onStart = (engine) => { queueMicrotask(() => { engine.crash({ failure: 'unreadable' }); }); };
  await world.scheduler.load(a);
  const waiting = world.ask(a);
  await settle();
  return { world, waiting, unloading: world.scheduler.unload(a.id, { isForced: false }) };
}

test('an unload waits for the drain; a forced one aborts what runs', async () => {
  const world = new ServingWorld();
  const slot = await world.served(a);
  let isGone = false;
  const unloading = world.scheduler.unload(a.id, { isForced: false }).then(() => { isGone = true; });
  await settle();
  const drained = [world.stateOf(a), isGone, world.lossOf(slot)];
  await world.scheduler.unload(a.id, { isForced: true });
  await unloading;

  expect(drained).toEqual(['draining', false, null]);
  expect([world.stateOf(a), world.lossOf(slot)]).toEqual(['unloaded', 'forced']);
});

test('an unload serves those who wait for the load, and then it goes', async () => {
  const world = new ServingWorld();
  world.starter.isInstant = false;
  const [first, loading] = [world.ask(a), world.scheduler.load(a)];
  await settle();
  let isGone = false;
  const unloading = world.scheduler.unload(a.id, { isForced: false }).then(() => { isGone = true; });
  const late = world.ask(a);
  await settle();
  world.starter.isInstant = true;
  world.starter.of('a').becomeReady();
  await world.clock.advance(100);
  const served = [world.stateOf(a), first.result?.kind, await loading, late.result, isGone];
  slotOf(first)[Symbol.dispose]();
  await unloading;
  await settle();

  expect(served).toEqual(['draining', 'granted', { kind: 'refused', refusal: { kind: 'model_unloaded' } }, null, false]);
  expect([late.result?.kind, world.starter.engines.length]).toEqual(['granted', 2]);
});

test('an unload between two tries holds for the next one', async () => {
  const world = new ServingWorld();
  world.starter.onStart = (engine) => { if (world.starter.engines.length === 1) queueMicrotask(() => { engine.crash({ failure: 'unreadable' }); }); };
  await world.scheduler.load(a);
  const waiting = world.ask(a);
  await settle();
  let isGone = false;
  const unloading = world.scheduler.unload(a.id, { isForced: false }).then(() => { isGone = true; });
  await settle();
  const before = [world.stateOf(a), isGone];
  await world.clock.advance(5_000);
  slotOf(waiting)[Symbol.dispose]();
  await unloading;

  expect([before, world.stateOf(a)]).toEqual([['failed', false], 'unloaded']);
});

test('an unload between two tries is over when nobody waits for the next one', async () => {
  const { world, waiting, unloading } = await unloadBetweenTries();
  waiting.abort.abort();
  await unloading;

  expect([world.stateOf(a), world.starter.engines.length]).toEqual(['failed', 1]);
});

test('an unload of a load that runs out of memory holds for its second try', async () => {
  const world = new ServingWorld();
  world.starter.isInstant = false;
  const waiting = world.ask(a);
  await settle();
  const unloading = world.scheduler.unload(a.id, { isForced: false });
  world.starter.isInstant = true;
  world.starter.of('a').crash({ failure: 'out_of_memory' });
  await world.clock.advance(1_000);
  const before = [world.stateOf(a), world.starter.engines.length];
  slotOf(waiting)[Symbol.dispose]();
  await unloading;

  expect([before, world.stateOf(a)]).toEqual([['draining', 2], 'unloaded']);
});

test('an unload of what drains for somebody else holds for those who wait for its next load', async () => {
  const world = new ServingWorld({ gpuGib: [12] });
  const running = await world.served(a);
  const other = world.ask(b);
  await world.clock.advance(16_000);
  const waiting = world.ask(a);
  const unloading = world.scheduler.unload(a.id, { isForced: false });
  running[Symbol.dispose]();
  await world.clock.advance(3_000);
  slotOf(other)[Symbol.dispose]();
  await world.clock.advance(3_000);
  slotOf(waiting)[Symbol.dispose]();
  await unloading;

  expect([world.stateOf(a), world.stateOf(b)]).toEqual(['unloaded', 'unloaded']);
});

test('an unload between two tries is answered by a stop', async () => {
  const { world, waiting, unloading } = await unloadBetweenTries();
  await world.scheduler.stop();
  await unloading;

  expect(refusalOf(waiting).kind).toBe('shutting_down');
});

test('an unload ends a load that was only asked for as such', async () => {
  const world = new ServingWorld();
  world.starter.isInstant = false;
  const loading = world.scheduler.load(a);
  await settle();
  await world.scheduler.unload(a.id, { isForced: false });

  expect([await loading, world.stateOf(a), world.starter.live.length]).toEqual([{ kind: 'refused', refusal: { kind: 'model_unloaded' } }, 'unloaded', 0]);
});

test('an unload ends a load that nobody waits for, and one that everybody left', async () => {
  const world = new ServingWorld();
  world.starter.isInstant = false;
  const asks = [world.ask(a), world.ask(b)];
  await settle();
  const [first, second] = asks;
  first?.abort.abort();
  const unloading = world.scheduler.unload(a.id, { isForced: false });
  await unloading;
  world.starter.isInstant = true;
  await world.scheduler.unload(a.id, { isForced: false });
  const waited = world.scheduler.unload(b.id, { isForced: false });
  second?.abort.abort();
  await waited;

  expect([world.stateOf(a), world.stateOf(b), world.starter.live.length]).toEqual(['unloaded', 'unloaded', 0]);
});

test('an unload of what waits for room is over when those who wait are served and gone', async () => {
  const world = new ServingWorld({ gpuGib: [12] });
  const running = await world.served(a);
  const waiting = world.ask(b);
  await settle();
  const unloading = world.scheduler.unload(b.id, { isForced: false });
  running[Symbol.dispose]();
  await world.clock.advance(3_000);
  slotOf(waiting)[Symbol.dispose]();
  await unloading;

  expect(world.stateOf(b)).toBe('unloaded');
});

test('a forced unload tells who waits that the model was unloaded', async () => {
  const world = new ServingWorld();
  world.starter.isInstant = false;
  const [ask, loading] = [world.ask(a), world.scheduler.load(a)];
  await settle();
  await world.scheduler.unload(a.id, { isForced: true });

  expect([refusalOf(ask), await loading, world.stateOf(a)]).toEqual([{ kind: 'model_unloaded' }, { kind: 'refused', refusal: { kind: 'model_unloaded' } }, 'unloaded']);
});

test('an unload that is asked for while it drains for somebody else is one, whoever leaves', async () => {
  const world = new ServingWorld({ gpuGib: [12] });
  const running = await world.served(a);
  const waiting = world.ask(b);
  await world.clock.advance(16_000);
  const unloading = world.scheduler.unload(a.id, { isForced: false });
  waiting.abort.abort();
  await settle();
  const state = world.stateOf(a);
  running[Symbol.dispose]();
  await unloading;

  expect([state, world.stateOf(a)]).toEqual(['draining', 'unloaded']);
});
