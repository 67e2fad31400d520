import { expect, test } from 'vitest';
import { aConfig } from '../fakes/serving/aModel.ts';
import { GIB, uuid } from '../fakes/facts/aGpu.ts';
import { settle } from '../fakes/facts/fakeClock.ts';
import { aPlan, refusalOf, ServingWorld, slotOf } from '../support/servingWorld.ts';

const [a, b] = [aConfig('a'), aConfig('b')];

test('rule 11: a load may take as long as it shows life, and ends 120 s after the last sign', async () => {
  const world = new ServingWorld();
  world.starter.isInstant = false;
  const ask = world.ask(a);
  await settle();
  const engine = world.starter.of('a');
  await world.clock.advance(100_000);
  engine.report({ kind: 'log', line: 'loading tensors' });
  await world.clock.advance(100_000);
  engine.setProgress(0.5);
  await world.clock.advance(100_000);
  engine.residentBytes = 5 * GIB;
  engine.setProgress(0.5);
  const alive = world.stateOf(a);
  world.starter.of('a').report({ kind: 'progress', progress: 0.6 });

  await world.clock.advance(130_000);

  expect([alive, world.stateOf(a)]).toEqual(['loading', 'failed']);
  expect(refusalOf(ask)).toMatchObject({ kind: 'load_failed', failure: 'stalled' });
});

test('rule 11: health is asked every 50 ms for 2 s, then every 250 ms', async () => {
  const world = new ServingWorld();
  world.starter.isInstant = false;
  world.ask(a);
  await settle();
  await world.clock.advance(1_999);
  const fast = world.starter.of('a').healthCount;
  await world.clock.advance(2_001);

  expect([fast, world.starter.of('a').healthCount - fast]).toEqual([40, 9]);
});

test('rule 11: an engine that says that it has loaded is asked at once, and its health decides', async () => {
  const world = new ServingWorld();
  world.starter.isInstant = false;
  const asked = world.ask(a);
  await settle();
  const engine = world.starter.of('a');

  engine.report({ kind: 'loaded' });
  await settle();
  const tooEarly = [engine.healthCount, asked.result];
  engine.becomeReady();
  engine.report({ kind: 'loaded' });
  await settle();

  expect(tooEarly).toEqual([2, null]);
  expect([engine.healthCount, asked.result?.kind]).toEqual([3, 'granted']);
});

test('rule 12: out of memory evicts all that can go from the device, tries once more, shrinks the context once, then backs off', async () => {
  const world = new ServingWorld({ gpuGib: [24] });
  await world.resident(b);
  world.starter.isInstant = false;
  const ask = world.ask(a);
  const launches: unknown[] = [];
  for (const turn of [1, 2, 3]) {
    await settle();
    launches.push([turn, world.stateOf(b), world.starter.of('a').launch.contextTokens]);
    world.starter.of('a').crash({ failure: 'out_of_memory', tail: ['CUDA error: out of memory'] });
    await settle();
  }

  expect(launches).toEqual([[1, 'ready', 8_192], [2, 'unloaded', 8_192], [3, 'unloaded', 4_096]]);
  expect(refusalOf(ask)).toEqual({ kind: 'load_failed', failure: 'out_of_memory', detail: 'CUDA error: out of memory', retryAfterMs: 5_000 });
});

test('rule 12: after failures the next try waits 5 s, 10 s, and at most 5 minutes', async () => {
  const world = new ServingWorld();
  world.starter.onStart = (engine) => { queueMicrotask(() => { engine.crash({ failure: 'unreadable' }); }); };
  world.starter.isInstant = false;
  const delays: (number | null)[] = [];
  for (let failure = 0; failure < 8; failure += 1) {
    const ask = world.ask(a);
    await settle();
    const refusal = refusalOf(ask);
    delays.push(refusal.kind === 'load_failed' ? refusal.retryAfterMs : null);
    await world.clock.advance(delays.at(-1) ?? 0);
  }

  expect(delays).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
});

test('rule 12: a context with which an engine ran out of memory is not tried again', async () => {
  const world = new ServingWorld({ gpuGib: [24] });
  world.starter.onStart = (engine) => { if (engine.launch.contextTokens === 8_192) queueMicrotask(() => { engine.crash({ failure: 'out_of_memory' }); }); };
  await world.resident(a);
  await world.scheduler.unload(a.id, { isForced: false });
  const before = world.starter.engines.length;

  await world.served(a);

  expect([before, world.starter.engines.length, world.starter.of('a').launch.contextTokens]).toEqual([3, 4, 4_096]);
});

test('rule 12: a context that was made smaller for want of memory is whole again with the next load', async () => {
  const world = new ServingWorld({ gpuGib: [24] });
  world.planner.needs.set('a', ({ contextLimit }) => aPlan({ gib: contextLimit === null ? 12 : 4, contextTokens: contextLimit ?? 8_192 }));
  const automatic = aConfig('a', { mayUseRam: false });
  const pinned = await world.served(aConfig('b', { isPinned: true }));
  world.planner.gib = 8;
  const second = await world.served(aConfig('c', { isPinned: true }));
  const small = await world.served(automatic);
  small.keepFor(0);
  for (const slot of [small, second, pinned]) slot[Symbol.dispose]();
  await settle();
  const before = world.starter.of('a').launch.contextTokens;
  await world.scheduler.unload('config_c', { isForced: true });

  await world.served(automatic);

  expect([before, world.starter.of('a').launch.contextTokens]).toEqual([4_096, 8_192]);
});

test('rule 14: an engine is ended at once, however long the driver takes to say what is free', async () => {
  const world = new ServingWorld();
  await world.resident(a);
  world.gpus.isSilent = true;
  const unloading = world.scheduler.unload(a.id, { isForced: false });
  await world.clock.advance(299);
  const before = world.starter.of('a').isGone;
  await world.clock.advance(1);
  const after = world.starter.of('a').isGone;
  await world.clock.advance(5_000);
  await unloading;

  expect([before, after, world.stateOf(a)]).toEqual([false, true, 'unloaded']);
});

test('rule 14: a driver that fails keeps no engine alive', async () => {
  const world = new ServingWorld();
  await world.resident(a);
  world.gpus.readFree = () => { throw new Error('the driver is gone'); };
  await world.scheduler.unload(a.id, { isForced: false });

  expect([world.starter.live.length, world.stateOf(a), world.gpus.bookedOn(uuid(0))]).toEqual([0, 'unloaded', 0]);
});

test('rule 12: a load that failed for want of an engine is tried again as soon as there is one', async () => {
  const world = new ServingWorld();
  world.missing = 'llama-server was not found';
  for (let turn = 0; turn < 4; turn += 1) { world.ask(a); await settle(); await world.clock.advance(15_000); }
  const refused = world.ask(a);
  await settle();
  world.missing = null;
  world.scheduler.retryMissing();

  await world.served(a);

  expect(refusalOf(refused)).toMatchObject({ kind: 'load_failed', failure: 'missing_engine' });
});

test('rule 13: the room of a model that ended is free once three quarters of its memory are back, or after 5 s', async () => {
  const world = new ServingWorld({ gpuGib: [12] });
  world.gpus.usedBytes = 10 * GIB;
  world.gpus.readFree = () => 2 * GIB;
  await world.resident(a);
  const ask = world.ask(b);
  await world.clock.advance(1_000);
  const waiting = [world.stateOf(a), ask.result];
  world.gpus.readFree = () => 9.6 * GIB;
  await world.clock.advance(200);
  const back = [world.stateOf(a), ask.result?.kind];

  slotOf(ask)[Symbol.dispose]();
  await world.clock.advance(2_000);
  world.gpus.readFree = () => 2 * GIB;
  world.ask(a);
  await settle();
  await world.clock.advance(4_900);
  const late = world.stateOf(b);
  await world.clock.advance(300);

  expect([waiting, back, late, world.stateOf(b)]).toEqual([['unloading', null], ['unloaded', 'granted'], 'unloading', 'unloaded']);
});

test('rule 15: a crash fails what runs, the next request loads again, and three in 5 minutes are a failure', async () => {
  const world = new ServingWorld();
  const outcomes: unknown[] = [];
  for (let crash = 0; crash < 3; crash += 1) {
    const slot = await world.served(a);
    world.starter.of('a').crash({ tail: ['GGML_ASSERT failed'] });
    await settle();
    outcomes.push([world.lossOf(slot), world.stateOf(a)]);
  }
  const ask = world.ask(a);
  await settle();

  expect(outcomes).toEqual([['crashed', 'unloaded'], ['crashed', 'unloaded'], ['crashed', 'failed']]);
  expect(refusalOf(ask)).toEqual({ kind: 'load_failed', failure: 'crashed', detail: 'GGML_ASSERT failed', retryAfterMs: 20_000 });
});

test('rule 15: an engine that answers nothing after it was ready has crashed', async () => {
  const world = new ServingWorld();
  const narrow = aConfig('narrow', { slots: 1 });
  const slot = await world.served(narrow);
  world.starter.of('narrow').hang();
  const waiting = world.ask(narrow);
  await world.clock.advance(119_000);
  const before = [world.stateOf(narrow), world.lossOf(slot)];
  await world.clock.advance(30_000);

  expect(before).toEqual(['busy', null]);
  expect([world.lossOf(slot), world.starter.engines.length, world.scheduler.unitOf(narrow.id)?.crashCount]).toEqual(['crashed', 2, 1]);
  expect(waiting.result?.kind).toBe('granted');
});

test('rule 15: an engine that answers nothing has crashed, though everybody gives up and asks again', async () => {
  const world = new ServingWorld();
  await world.resident(a);
  world.starter.of('a').hang();
  for (let minute = 0; minute < 5; minute += 1) {
    const ask = world.ask(a);
    await world.clock.advance(60_000);
    ask.abort.abort();
    slotOf(ask)[Symbol.dispose]();
  }

  expect([world.scheduler.unitOf(a.id)?.crashCount, world.starter.engines.length]).toEqual([1, 2]);
});

test.each([
  { what: 'answered', isGivenUp: false, heardAtMs: null },
  { what: 'cancelled in the midst of its answer', isGivenUp: true, heardAtMs: 1 },
])('rule 15: an engine whose last request was $what owes nothing', async ({ isGivenUp, heardAtMs }) => {
  const world = new ServingWorld();
  const kept = aConfig('a', { ttlSeconds: -1 });
  const ask = world.ask(kept);
  await world.clock.advance(10_000);
  world.heardAtMs = heardAtMs;
  if (isGivenUp) ask.abort.abort();
  slotOf(ask)[Symbol.dispose]();
  world.starter.of('a').hang();
  const { healthCount } = world.starter.of('a');
  await world.clock.advance(600_000);

  expect(world.starter.of('a').healthCount).toBe(healthCount);
});

test.each([
  { what: 'whose health answers', act: (world: ServingWorld) => { world.starter.of('a').becomeReady(); } },
  { what: 'that still sends', act: (world: ServingWorld) => { world.heardAtMs = world.clock.monotonicMs(); } },
  { what: 'that logs', act: (world: ServingWorld) => { world.starter.of('a').report({ kind: 'log', line: 'prompt processing' }); } },
])('rule 15: an engine $what is left alone', async ({ act }) => {
  const world = new ServingWorld();
  const slot = await world.served(a);
  world.starter.of('a').hang();
  for (let turn = 0; turn < 20; turn += 1) { await world.clock.advance(100_000); act(world); }

  expect([world.lossOf(slot), world.stateOf(a)]).toEqual([null, 'busy']);
});

test('rule 15: an engine that nobody uses is not asked', async () => {
  const world = new ServingWorld();
  await world.scheduler.load(aConfig('a', { ttlSeconds: -1 }));
  world.starter.of('a').hang();
  const { healthCount } = world.starter.of('a');
  await world.clock.advance(600_000);

  expect(world.starter.of('a').healthCount).toBe(healthCount);
});

test('rule 15: whoever waits when the engine dies is served by the next one', async () => {
  const world = new ServingWorld();
  const narrow = aConfig('narrow', { slots: 1 });
  await world.served(narrow);
  const waiting = world.ask(narrow);
  await settle();

  world.starter.of('narrow').crash();
  await settle();

  expect([waiting.result?.kind, world.starter.engines.length]).toEqual(['granted', 2]);
});

test('rule 16: memory that others hold is waited for a while, then told', async () => {
  const world = new ServingWorld({ gpuGib: [12] });
  world.gpus.setOthers(0, 8 * GIB);
  const exact = aConfig('exact', { mayUseRam: false });
  const [patient, lucky] = [world.ask(exact), world.ask(exact)];
  await settle();
  await world.clock.advance(14_000);
  const late = world.ask(exact);
  await world.clock.advance(1_500);
  const told = [refusalOf(patient), refusalOf(lucky), late.result];
  world.gpus.setOthers(0, 0);
  await settle();

  expect(told).toEqual([{ kind: 'gpu_busy', place: 'gpu', retryAfterMs: 15_000 }, { kind: 'gpu_busy', place: 'gpu', retryAfterMs: 15_000 }, null]);
  expect(late.result?.kind).toBe('granted');
});

test.each([
  { what: 'there is no GPU', gpuGib: [] },
  { what: 'no GPU is large enough', gpuGib: [0.5] },
])('rule 16: RAM that others hold is told as RAM where $what', async ({ gpuGib }) => {
  const world = new ServingWorld({ gpuGib });
  world.availableRamBytes = 4 * GIB;
  const asked = world.ask(a);
  await settle();
  await world.clock.advance(16_000);

  expect(refusalOf(asked)).toEqual({ kind: 'gpu_busy', place: 'ram', retryAfterMs: 15_000 });
});

test('rule 16: memory that comes back late after a drain is waited for, however long the drain took', async () => {
  const world = new ServingWorld({ gpuGib: [12] });
  const running = await world.served(a);
  const waiting = world.ask(aConfig('exact', { mayUseRam: false }));
  await world.clock.advance(60_000);
  world.gpus.setOthers(0, 3 * GIB);
  running[Symbol.dispose]();
  await world.clock.advance(10_000);
  const before = waiting.result;
  world.gpus.setOthers(0, 0);
  await settle();

  expect([before, waiting.result?.kind]).toEqual([null, 'granted']);
});

test('rule 16: RAM that others give back is noticed, though nobody tells of it', async () => {
  const world = new ServingWorld({ gpuGib: [] });
  world.availableRamBytes = 4 * GIB;
  const ask = world.ask(a);
  await world.clock.advance(5_000);
  world.availableRamBytes = 64 * GIB;
  await world.clock.advance(1_000);

  expect(ask.result?.kind).toBe('granted');
});

test('rule 16: nobody slips into the room of whom the ledger refused just now', async () => {
  const world = new ServingWorld({ gpuGib: [12] });
  world.gpus.isRefusing = true;
  const first = world.ask(a);
  await settle();
  world.gpus.isRefusing = false;
  const second = world.ask(b);
  await settle();
  const early = world.starter.engines.length;
  await world.clock.advance(600);

  expect([early, first.result?.kind, second.result]).toEqual([0, 'granted', null]);
});

test('rule 16: a ledger that refuses what looked free is asked again a little later', async () => {
  const world = new ServingWorld();
  world.gpus.isRefusing = true;
  const ask = world.ask(a);
  await settle();
  const before = [world.stateOf(a), world.starter.engines.length];

  world.gpus.isRefusing = false;
  await world.clock.advance(600);

  expect([before, ask.result?.kind, ask.waits.some(({ kind }) => kind === 'memory')]).toEqual([['queued', 0], 'granted', true]);
});

test('rule 17: a load without a request ends as ready', async () => {
  const world = new ServingWorld();

  expect(await world.scheduler.load(a)).toEqual({ kind: 'loaded' });
  expect(world.stateOf(a)).toBe('ready');
});

test('rule 18: every transition is told, with its cause', async () => {
  const world = new ServingWorld();
  (await world.served(a))[Symbol.dispose]();
  await world.clock.advance(900_000);

  expect(world.transitions.map(({ from, to, cause }) => [from, to, cause])).toEqual([
    ['unloaded', 'queued', null], ['queued', 'loading', null], ['loading', 'ready', null], ['ready', 'busy', null], ['busy', 'ready', null], ['ready', 'unloading', 'idle'], ['unloading', 'unloaded', 'idle'],
  ]);
});

test.each(['idle', 'unloaded', 'failed'] as const)('nothing is left of an %s model whose configuration is no more', async (what) => {
  const world = new ServingWorld();
  if (what === 'failed') world.starter.onStart = (engine) => { queueMicrotask(() => { engine.crash({ failure: 'unreadable' }); }); };
  await world.scheduler.load(a);
  if (what === 'unloaded') await world.scheduler.unload(a.id, { isForced: false });
  world.scheduler.retire(a.id);
  await settle();

  expect([world.scheduler.units.size, world.starter.live.length]).toEqual([0, 0]);
});

test('lines are told of a model that was forgotten and came again', async () => {
  const world = new ServingWorld();
  const lines: string[] = [];
  world.scheduler.onDidLog(({ line }) => { lines.push(line); });
  for (const line of ['first', 'second']) {
    await world.scheduler.load(a);
    world.starter.of('a').report({ kind: 'log', line });
    world.scheduler.retire(a.id);
    await settle();
  }

  expect([lines, world.scheduler.linesOf(a.id)]).toEqual([['first', 'second'], []]);
});

test('settings that another load needs let the old one go, pinned or not', async () => {
  const world = new ServingWorld();
  await world.resident(aConfig('a', { isPinned: true }));
  world.scheduler.refresh(aConfig('a', { isPinned: true, contextTokens: 4_096 }));
  await settle();

  expect([world.starter.live.length, world.stateOf(a), world.scheduler.units.size]).toEqual([0, 'unloaded', 1]);
});

test('a configuration that points elsewhere is loaded anew while the old load drains', async () => {
  const world = new ServingWorld({ gpuGib: [24] });
  const before = aConfig('role', { versionId: 'version_old' });
  const after = aConfig('role', { versionId: 'version_new' });
  const slot = await world.served(before);

  await world.served(after);
  const states = [...world.scheduler.units.values()].map(({ version, phase }) => [version?.modelName, phase.kind]);
  slot[Symbol.dispose]();
  await settle();

  expect(states).toEqual([['old', 'draining'], ['new', 'busy']]);
  expect([...world.scheduler.units.values()].map(({ version }) => version?.modelName)).toEqual(['new']);
});

test('without a GPU the need is booked in RAM by the same rules', async () => {
  const world = new ServingWorld({ gpuGib: [] });
  world.totalRamBytes = 15 * GIB;
  await world.resident(a);
  const bookedBytes = world.ram.bookedBytes;

  await world.served(b);
  world.planner.gib = 20;
  const tooLarge = world.ask(aConfig('huge', { contextTokens: 4_096 }));
  await settle();

  expect([bookedBytes, world.stateOf(a), world.stateOf(b), world.ram.bookedBytes]).toEqual([10 * GIB, 'unloaded', 'busy', 10 * GIB]);
  expect(refusalOf(tooLarge)).toMatchObject({ kind: 'insufficient_vram', neededBytes: 20 * GIB });
});

test('after a stop everybody is answered and nothing is left', async () => {
  const world = new ServingWorld({ gpuGib: [12] });
  const slot = await world.served(a);
  const waiting = world.ask(b);
  await settle();

  await world.scheduler.stop();
  await settle();

  expect([refusalOf(waiting).kind, world.lossOf(slot), world.starter.live.length, world.gpus.bookedOn(uuid(0)), world.clock.pendingCount]).toEqual(['shutting_down', 'cancelled', 0, 0, 0]);
});
