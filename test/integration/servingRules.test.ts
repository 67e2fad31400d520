import { expect, test } from 'vitest';
import { aConfig } from '../fakes/serving/aModel.ts';
import { GIB, uuid } from '../fakes/facts/aGpu.ts';
import { settle } from '../fakes/facts/fakeClock.ts';
import { aPlan, refusalOf, ServingWorld, slotOf } from '../support/servingWorld.ts';

const [a, b, c] = [aConfig('a'), aConfig('b'), aConfig('c')];

test('rule 1: what is decided is reserved in the same step, although the ledger answers later', async () => {
  const world = new ServingWorld({ gpuGib: [24, 24] });
  const gate = Promise.withResolvers<undefined>();
  world.gpus.gate = gate.promise;

  for (const config of [a, b, c]) world.ask(config);
  await settle();
  const placed = [a, b, c].map((config) => world.scheduler.unitOf(config.id)?.phase);
  gate.resolve(undefined);
  await settle();

  expect(placed.map((phase) => (phase?.kind === 'loading' ? phase.placement.shares[0]?.gpuId : phase?.kind))).toEqual([uuid(0), uuid(1), 'queued']);
});

test('rule 2: thirty requests at once for a cold model start one engine and all are served', async () => {
  const world = new ServingWorld();
  const wide = aConfig('wide', { slots: 30 });

  const asks = Array.from({ length: 30 }, () => world.ask(wide));
  await settle();

  expect(world.starter.engines).toHaveLength(1);
  expect(asks.map(({ result }) => result?.kind)).toEqual(Array.from({ length: 30 }, () => 'granted'));
});

test('rule 2: a failed load is told to every waiter', async () => {
  const world = new ServingWorld();
  world.starter.isInstant = false;
  const asks = [world.ask(a), world.ask(a), world.ask(a)];
  await settle();

  world.starter.of('a').crash({ tail: ['error: bad magic'], failure: 'unreadable' });
  await settle();

  expect(asks.map(refusalOf)).toEqual(asks.map(() => ({ kind: 'load_failed', failure: 'unreadable', detail: 'error: bad magic', retryAfterMs: 5_000 })));
  expect(world.stateOf(a)).toBe('failed');
});

test.each([{ what: 'on a GPU', gpuGib: [24] }, { what: 'in RAM', gpuGib: [] }])('rule 12: a start that throws is a failed load, $what, and gives its memory back', async ({ gpuGib }) => {
  const world = new ServingWorld({ gpuGib });
  const start = world.starter.start.bind(world.starter);
  world.starter.start = () => { throw new Error('ENOSPC: no space left on device'); };
  const asks = [world.ask(a), world.ask(a)];
  await settle();
  const failed = world.stateOf(a);
  world.starter.start = start;
  const again = world.scheduler.load(a);
  await settle();

  expect(asks.map(refusalOf)).toEqual(asks.map(() => ({ kind: 'load_failed', failure: 'spawn_failed', detail: 'ENOSPC: no space left on device', retryAfterMs: 5_000 })));
  expect([failed, await again]).toEqual(['failed', { kind: 'loaded' }]);
});

test.each([
  { what: 'all', limits: { all: 2, model: 9, key: 9 }, scope: 'all' },
  { what: 'one model', limits: { all: 9, model: 2, key: 9 }, scope: 'model' },
  { what: 'one key', limits: { all: 9, model: 9, key: 2 }, scope: 'key' },
])('rule 3: a backlog that is full for $what refuses at once', async ({ limits, scope }) => {
  const world = new ServingWorld();
  world.starter.isInstant = false;
  world.limits = { ...world.limits, ...limits };

  const asks = [1, 2, 3].map(() => world.ask(a, { keyId: 'key_1' }));
  await settle();

  expect(asks.map(({ result }) => result?.kind)).toEqual([undefined, undefined, 'refused']);
  expect(asks[2] && refusalOf(asks[2])).toEqual({ kind: 'queue_full', retryAfterMs: 2_000, scope });
});

test('rule 3: no more requests run than the engine has slots', async () => {
  const world = new ServingWorld();
  const narrow = aConfig('narrow', { slots: 2 });
  const asks = [world.ask(narrow), world.ask(narrow), world.ask(narrow)];
  await settle();

  const [first, , third] = asks;
  const before = third?.result;
  if (first !== undefined) slotOf(first)[Symbol.dispose]();
  await settle();

  expect([before, third?.result?.kind, third?.waits.at(-1)]).toEqual([null, 'granted', { kind: 'slots', busySlots: 2 }]);
});

test('rule 4: loads on one device follow each other, on two devices they run beside each other', async () => {
  const one = new ServingWorld({ gpuGib: [24] });
  const two = new ServingWorld({ gpuGib: [24, 24] });
  for (const world of [one, two]) { world.starter.isInstant = false; world.ask(a); world.ask(b); }
  await settle();

  expect([one.starter.engines.length, two.starter.engines.length]).toEqual([1, 2]);
  one.starter.of('a').becomeReady();
  await one.clock.advance(100);
  expect([one.stateOf(a), one.stateOf(b)]).toEqual(['busy', 'loading']);
});

test('rule 5: devices that were not read yet are waited for, and RAM is not taken in their place', async () => {
  const world = new ServingWorld({ gpuGib: [24] });
  world.gpus.isKnown = false;
  const [ask, inRam] = [world.ask(a), world.ask(aConfig('cpu', { gpuLayers: 0 }))];
  await world.clock.advance(9_000);
  const before = [ask.result, [...ask.waits], inRam.result?.kind];
  world.gpus.know();
  await settle();

  expect(before).toEqual([null, [{ kind: 'memory', refusal: null }], 'granted']);
  expect([ask.result?.kind, world.starter.of('a').launch.gpuLayers]).toEqual(['granted', 10]);
});

test('rule 5: a driver that never answers is waited for 10 s, no longer', async () => {
  const world = new ServingWorld({ gpuGib: [24] });
  world.gpus.isKnown = false;
  const ask = world.ask(a);
  await world.clock.advance(10_000);

  expect([ask.result?.kind, world.starter.of('a').launch.gpuLayers]).toEqual(['granted', 0]);
});

test('rule 5: what runs elsewhere takes nothing here', async () => {
  const world = new ServingWorld({ gpuGib: [24] });
  await world.served(aConfig('far', { versionId: null, engine: 'external', external: { baseUrl: 'http://127.0.0.1:1', keyVariable: null, model: null } }));

  expect([world.gpus.bookedOn(uuid(0)), world.ram.bookedBytes, world.planner.measurements]).toEqual([0, 0, []]);
});

test('rule 6: the idle model whose reload costs least for how long it was idle goes, and no more than needed', async () => {
  const world = new ServingWorld({ gpuGib: [24] });
  await world.resident(a);
  await world.resident(b);
  await world.clock.advance(5_000);
  (await world.served(a))[Symbol.dispose]();

  await world.served(c);

  expect([a, b, c].map((config) => world.stateOf(config))).toEqual(['ready', 'unloaded', 'busy']);
});

test('rule 6: who holds more than was planned makes that much room', async () => {
  const world = new ServingWorld({ gpuGib: [12] });
  await world.resident(a);
  world.gpus.setHeld('a', 11 * GIB);
  world.planner.gib = 11.5;

  const slot = await world.served(aConfig('large', { mayUseRam: false, contextTokens: 4_096 }));

  expect([world.stateOf(a), world.lossOf(slot)]).toEqual(['unloaded', null]);
});

test('rule 6: nobody is evicted whose room would not be enough, since less is held than was planned', async () => {
  const world = new ServingWorld({ gpuGib: [12] });
  await world.resident(a);
  world.gpus.setHeld('a', 5 * GIB);
  world.gpus.setOthers(0, 4 * GIB);

  const ask = world.ask(aConfig('large', { mayUseRam: false, contextTokens: 4_096 }));
  await world.clock.advance(1_000);

  expect([world.stateOf(a), ask.waits]).toEqual(['ready', [{ kind: 'memory', refusal: null }]]);
});

test('rule 6: a pinned model is never evicted to make room', async () => {
  const world = new ServingWorld({ gpuGib: [12] });
  await world.resident(aConfig('pinned', { isPinned: true }));

  const ask = world.ask(aConfig('other', { mayUseRam: false, contextTokens: 4_096 }));
  await settle();

  expect(refusalOf(ask)).toEqual({ kind: 'insufficient_vram', neededBytes: 10 * GIB, freeBytes: 2 * GIB, holders: ['pinned'] });
});

test('rule 6: a model that was loaded less than 2 s ago stays until then', async () => {
  const world = new ServingWorld({ gpuGib: [12] });
  (await world.served(a))[Symbol.dispose]();
  const ask = world.ask(b);
  await world.clock.advance(1_900);
  const early = world.stateOf(a);

  await world.clock.advance(200);

  expect([early, world.stateOf(a), ask.result?.kind]).toEqual(['ready', 'unloaded', 'granted']);
});

test('rule 6 and 7: a busy model is not stopped; after 15 s it drains, and what comes to it then waits behind', async () => {
  const world = new ServingWorld({ gpuGib: [12] });
  const running = await world.served(a);
  const waiting = world.ask(b);
  await world.clock.advance(14_000);
  const during = await world.served(a);
  await world.clock.advance(1_500);
  const late = world.ask(a);
  await settle();
  const states = [world.stateOf(a), world.stateOf(b), late.result, world.lossOf(running)];

  running[Symbol.dispose]();
  during[Symbol.dispose]();
  await settle();
  slotOf(waiting)[Symbol.dispose]();
  await world.clock.advance(20_000);

  expect(states).toEqual(['draining', 'queued', null, null]);
  expect(late.result?.kind).toBe('granted');
  expect(late.waits[0]).toEqual({ kind: 'draining', model: 'a' });
});

test('rule 7: what comes to a model that has just loaded waits behind one that has waited 15 s', async () => {
  const world = new ServingWorld({ gpuGib: [12] });
  world.starter.isInstant = false;
  const loading = world.scheduler.load(a);
  await settle();
  const waiting = world.ask(b);
  await world.clock.advance(16_000);
  world.starter.of('a').becomeReady();
  await world.clock.advance(1_000);

  const first = world.ask(a);
  await settle();
  const second = world.ask(a);
  await settle();

  expect(await loading).toEqual({ kind: 'loaded' });
  expect([first.result?.kind, second.result, world.stateOf(a), waiting.result]).toEqual(['granted', null, 'draining', null]);
});

test('rule 7: two models that take turns are loaded twice in all, for waiters of one go together', async () => {
  const world = new ServingWorld({ gpuGib: [12] });
  const asks = Array.from({ length: 20 }, (_, n) => world.ask(n % 2 === 0 ? a : b));

  for (let turn = 0; turn < 60 && asks.some(({ result }) => result === null); turn += 1) {
    for (const { result } of asks) if (result?.kind === 'granted') result.slot[Symbol.dispose]();
    await world.clock.advance(500);
  }

  expect([asks.filter(({ result }) => result?.kind === 'granted').length, world.starter.engines.length]).toEqual([20, 2]);
});

test('rule 7: a higher priority goes first, but a minute of waiting is worth a step', async () => {
  const world = new ServingWorld();
  const narrow = aConfig('narrow', { slots: 1 });
  const first = await world.served(narrow);
  const [low, high] = [world.ask(narrow, { priority: 0 }), world.ask(narrow, { priority: 1 })];
  await settle();
  first[Symbol.dispose]();
  await settle();
  const served = [low.result, high.result?.kind];
  await world.clock.advance(120_000);
  const higher = world.ask(narrow, { priority: 1 });
  slotOf(high)[Symbol.dispose]();
  await settle();

  expect([...served, low.result?.kind, higher.result]).toEqual([null, 'granted', 'granted', null]);
});

test('rule 8: a small model does not slip into the room that a large one waits for', async () => {
  const world = new ServingWorld({ gpuGib: [24] });
  world.planner.needs.set('large', () => aPlan({ gib: 22 }));
  world.planner.needs.set('small', () => aPlan({ gib: 4 }));
  const running = await world.served(a);
  const large = world.ask(aConfig('large', { mayUseRam: false }));
  const small = world.ask(aConfig('small', { mayUseRam: false }));
  await world.clock.advance(5_000);
  const before = [large.result, small.result];

  running[Symbol.dispose]();
  await settle();

  expect(before).toEqual([null, null]);
  expect([large.result?.kind, small.result]).toEqual(['granted', null]);
});

test('rule 7: a third model waits its turn while only ours hold the memory', async () => {
  const world = new ServingWorld({ gpuGib: [12] });
  const running = await world.served(a);
  const [second, third] = [world.ask(b), world.ask(c)];
  await world.clock.advance(40_000);
  const before = [second.result, third.result, third.waits.at(-1)];
  running[Symbol.dispose]();
  await settle();
  slotOf(second)[Symbol.dispose]();
  await world.clock.advance(2_000);

  expect(before).toEqual([null, null, { kind: 'fairness', model: 'b' }]);
  expect([third.result?.kind, world.scheduler.unitOf(c.id)?.phase.kind === 'busy' && world.starter.of('c').launch.gpuLayers]).toEqual(['granted', 10]);
});

test('rule 8: whoever waits for a GPU keeps nobody from the RAM that it has no need of', async () => {
  const world = new ServingWorld({ gpuGib: [12] });
  world.totalRamBytes = 40 * GIB;
  world.planner.needs.set('both', () => ({ steps: [{ gpuLayers: 10, gpuBytes: 10 * GIB, ramBytes: 2 * GIB }], layerCount: 10, contextTokens: 8_192, deviceOverheadBytes: 0 }));
  for (const name of ['idle', 'next']) world.planner.needs.set(name, () => aPlan({ gib: 30 }));
  await world.resident(aConfig('idle', { gpuLayers: 0 }));
  const running = await world.served(a);
  const [both, next] = [world.ask(aConfig('both')), world.ask(aConfig('next', { gpuLayers: 0 }))];
  await world.clock.advance(1_000);
  const before = [both.result, next.result?.kind];
  await world.clock.advance(2_000);
  running[Symbol.dispose]();
  await world.clock.advance(1_000);

  expect([before, both.result?.kind]).toEqual([[null, 'granted'], 'granted']);
});

test('rule 8: who was to make room for somebody who has gone stays', async () => {
  const world = new ServingWorld({ gpuGib: [12] });
  const running = await world.served(a);
  const waiting = world.ask(b);
  await world.clock.advance(16_000);
  const late = world.ask(a);
  await settle();
  const before = [world.stateOf(a), late.result];

  waiting.abort.abort();
  await settle();

  expect(before).toEqual(['draining', null]);
  expect([world.stateOf(a), late.result?.kind, world.lossOf(running), world.starter.engines.length]).toEqual(['busy', 'granted', null, 1]);
});

test('rule 9: the last waiter who leaves the queue takes the load with it', async () => {
  const world = new ServingWorld({ gpuGib: [12] });
  const running = await world.served(a);
  const waiting = world.ask(b);
  await settle();

  waiting.abort.abort();
  await settle();
  running[Symbol.dispose]();
  await world.clock.advance(30_000);

  expect(refusalOf(waiting)).toEqual({ kind: 'cancelled' });
  expect([world.stateOf(b), world.starter.engines.length]).toEqual(['unloaded', 1]);
});

test('rule 9: a load that nobody waits for any more is finished and kept', async () => {
  const world = new ServingWorld();
  world.starter.isInstant = false;
  const waiting = world.ask(a);
  await settle();

  waiting.abort.abort();
  world.starter.of('a').becomeReady();
  await world.clock.advance(1_000);

  expect([refusalOf(waiting).kind, world.stateOf(a)]).toEqual(['cancelled', 'ready']);
});

test.each([
  { what: 'as the setting says', config: aConfig('t'), keep: null, staysMs: 900_000 },
  { what: 'as the configuration says', config: aConfig('t', { ttlSeconds: 60 }), keep: null, staysMs: 60_000 },
  { what: 'as the request wishes', config: aConfig('t', { ttlSeconds: 60 }), keep: 5, staysMs: 5_000 },
])('rule 10: idle time counts from the end of the last request, $what', async ({ config, keep, staysMs }) => {
  const world = new ServingWorld();
  const slot = await world.served(config);
  slot.keepFor(keep);
  await world.clock.advance(3_600_000);
  slot[Symbol.dispose]();

  await world.clock.advance(staysMs - 1);
  const before = world.stateOf(config);
  await world.clock.advance(1);

  expect([before, world.stateOf(config)]).toEqual(['ready', 'unloaded']);
});

test.each([
  { what: 'a request that wishes 0 unloads it at once', config: aConfig('t'), keep: 0, state: 'unloaded' },
  { what: 'a request that wishes -1 keeps it', config: aConfig('t', { ttlSeconds: 1 }), keep: -1, state: 'ready' },
  { what: 'a pinned one has no limit', config: aConfig('t', { ttlSeconds: 0, isPinned: true }), keep: null, state: 'ready' },
])('rule 10: $what', async ({ config, keep, state }) => {
  const world = new ServingWorld();
  const slot = await world.served(config);
  slot.keepFor(keep);
  slot[Symbol.dispose]();
  await world.clock.advance(keep === 0 ? 0 : 10 * 3_600_000);

  expect(world.stateOf(config)).toBe(state);
});

test('rule 10: what the last request wished does not hold for the next load', async () => {
  const world = new ServingWorld();
  const slot = await world.served(a);
  slot.keepFor(0);
  slot[Symbol.dispose]();
  await world.clock.advance(0);
  const before = world.stateOf(a);
  const loaded = world.scheduler.load(a);
  await settle();

  expect([before, await loaded, world.stateOf(a)]).toEqual(['unloaded', { kind: 'loaded' }, 'ready']);
});
