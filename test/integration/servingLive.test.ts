import { expect, test } from 'vitest';
import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { ServingSnapshot } from '#contract/serving.ts';
import { openMemoryDatabase } from '../fakes/facts/aGpu.ts';
import { settle } from '../fakes/facts/fakeClock.ts';
import { aConfig, aVersion } from '../fakes/serving/aModel.ts';
import { ServingWorld } from '../support/servingWorld.ts';
import { Emitter } from '../../src-main/base/emitter.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import { ConfigRepository, ConfigService, EngineShelf, ExchangeBook, ServedModelView, ServingService } from '../../src-main/features/serving/index.ts';
import type { Exchange } from '../../src-main/features/serving/port/exchange/exchange.ts';
import { takeSlot } from '../../src-main/features/serving/port/exchange/engineCall.ts';

/** What a window sees of requests at the port; engines, devices and time are values. */
class LiveWorld extends ServingWorld {
  readonly book = new ExchangeBook({ clock: this.clock });
  readonly configs: ConfigService;
  readonly serving: ServingService;

  constructor() {
    super();
    const { clock, scheduler, book } = this;
    const versions = ['one', 'two'].map((name) => aVersion(name));
    const shelf = new EngineShelf({ starters: [this.starter], getPreferred: () => 'auto', log: silentLog });
    const configs = new ConfigService({
      repository: new ConfigRepository(openMemoryDatabase()), hasEngine: () => true, onDidChangeEngines: shelf.onDidChange, journal: { record: () => ({}) as never }, clock,
      catalog: { list: () => versions, getFilePath: () => null, onDidChange: new Emitter<never>().event, find: (reference) => versions.find(({ id, modelName }) => [id as string, modelName].includes(reference)) ?? null },
    });
    const view = new ServedModelView({ scheduler, shelf, getVersion: (one) => configs.getVersion(one), getTtlSeconds: () => 900, clock });
    this.configs = configs;
    this.serving = new ServingService({ scheduler, configs, shelf, view, requests: book, getAddress: () => null, clock, log: silentLog });
    configs.start();
    this.serving.start();
  }

  /** A request that has, or waits for, a slot. */
  async open(config: ModelConfig): Promise<Exchange> {
    const exchange = this.book.open({ endpoint: '/v1/chat/completions', model: config.name, config, keyId: null, keyName: 'test', client: null, isStream: true });
    takeSlot({ slots: this.scheduler }, exchange, 0).catch(() => undefined);
    await settle();
    return exchange;
  }

  async watch(): Promise<ServingSnapshot[]> {
    const seen: ServingSnapshot[] = [];
    this.serving.watch(() => { seen.push(this.serving.snapshot()); });
    await this.clock.advance(1_000);
    seen.length = 0;
    return seen;
  }
}

test('whoever waits for a load is told of each percent, and of nothing in between', async () => {
  const world = new ServingWorld();
  world.starter.isInstant = false;
  const ask = world.ask(aConfig('slow'));
  await settle();
  let changeCount = 0;
  world.scheduler.onDidChange(() => { changeCount += 1; });
  for (const progress of [0.1, 0.101, 0.102, 0.5]) world.starter.of('slow').report({ kind: 'progress', progress });

  expect(ask.waits.map((reason) => reason.kind === 'loading' && reason.progress)).toEqual([null, 0.1, 0.5]);
  expect(changeCount).toBe(2);
  await world.scheduler.stop();
});

test('a watcher sees the tokens and the rates of an answer grow, and hears nothing once it has ended', async () => {
  const world = new LiveWorld();
  const config = world.configs.create({ name: 'mine', model: 'one' });
  const exchange = await world.open(config);
  exchange.noteTokens(1);
  const seen = await world.watch();
  for (let second = 1; second <= 3; second += 1) {
    exchange.noteTokens(1 + second * 20 + 20);
    await world.clock.advance(1_000);
  }
  world.book.close(exchange, 200);
  await world.clock.advance(1_000);
  const count = seen.length;
  await world.clock.advance(10_000);

  expect(seen.slice(0, 6).map(({ requests }) => requests[0]?.completionTokens)).toEqual([41, 41, 61, 61, 81, 81]);
  expect(seen[5]).toMatchObject({ requests: [{ state: 'generating', tokensPerSecond: 21.3 }], models: [{ name: 'mine', tokensPerSecond: 21.3 }, {}, {}] });
  expect([seen.at(-1)?.requests, seen.length - count, count]).toEqual([[], 0, 7]);
  await world.serving.stop();
});

test('nothing ticks while nobody watches', async () => {
  const world = new LiveWorld();
  const exchange = await world.open(world.configs.create({ name: 'mine', model: 'one' }));
  exchange.noteTokens(1);
  const before = world.clock.pendingCount;
  const watching = world.serving.watch(() => undefined);
  await world.clock.advance(600);
  watching.dispose();

  expect(world.clock.pendingCount).toBe(before);
  await world.serving.stop();
});

test('what was too short to tell has no rate', async () => {
  const world = new LiveWorld();
  const exchange = await world.open(world.configs.create({ name: 'mine', model: 'one' }));
  exchange.noteTokens(1);
  await world.clock.advance(20);
  exchange.noteTokens(40);

  expect(world.serving.snapshot()).toMatchObject({ requests: [{ tokensPerSecond: null }], models: [{ tokensPerSecond: null }, {}, {}] });
  await world.serving.stop();
});

test('who waits has its place among those who wait for the same model, and moves up', async () => {
  const world = new LiveWorld();
  const config = world.configs.create({ name: 'mine', model: 'one', slots: 1 });
  const first = await world.open(config);
  const waiting = [await world.open(config), await world.open(config), await world.open(config)];
  const placesOf = (): (number | null)[] => world.serving.snapshot().requests.map(({ position }) => position);
  const before = placesOf();
  waiting[0]?.stop('client_gone');
  await settle();

  expect([before, placesOf()]).toEqual([[null, 1, 2, 3], [null, null, 1, 2]]);
  expect(world.serving.snapshot().requests[2]).toMatchObject({ state: 'queued', waitReason: { kind: 'slots', busySlots: 1 } });
  world.book.close(first, 200);
  await world.serving.stop();
});

test('figures that no model can mean are kept as counts', async () => {
  const world = new LiveWorld();
  const exchange = await world.open(world.configs.create({ name: 'mine', model: 'one' }));
  exchange.setUsage({ promptTokens: 1.5, completionTokens: -3, cachedTokens: 1e300 });
  world.book.close(exchange, 200);

  expect([exchange.usage, exchange.outcome]).toEqual([{ promptTokens: 2, completionTokens: 0, cachedTokens: 1e9 }, 'done']);
  await world.serving.stop();
});

test('a configuration that is made stands beside the model\'s own, whose engine stays', async () => {
  const world = new LiveWorld();
  await world.serving.load(world.serving.resolve('one'));
  const own = world.serving.resolve('one');
  world.configs.create({ name: 'mine', model: 'one' });
  await settle();

  expect(world.serving.list().map(({ name, state, leaving }) => [name, state, leaving])).toEqual([['mine', 'unloaded', null], [own.name, 'ready', null], ['two:Q4_K_M', 'unloaded', null]]);
  expect(world.serving.resolve('one')).toBe(own);
  await world.serving.stop();
});

test('a model that is loaded stays so when its own configuration is changed in what its engine need not know', async () => {
  const world = new LiveWorld();
  await world.serving.load(world.serving.resolve('one'));
  world.configs.update('one', { isPinned: true, name: 'pinned' });
  await settle();
  const pinned = world.serving.list();
  world.configs.remove('pinned');
  await settle();

  expect([pinned, world.serving.list()].map((models) => models.map(({ name, state, isPinned }) => [name, state, isPinned]))).toEqual([
    [['pinned', 'ready', true], ['two:Q4_K_M', 'unloaded', false]], [['one:Q4_K_M', 'ready', false], ['two:Q4_K_M', 'unloaded', false]],
  ]);
  await world.serving.stop();
});

test('what still answers when its configuration is deleted or changed is listed until it is gone', async () => {
  const world = new LiveWorld();
  const deleted = world.configs.create({ name: 'mine', model: 'one' });
  const changed = world.configs.create({ name: 'other', model: 'two' });
  const exchanges = [await world.open(deleted), await world.open(changed)];
  world.configs.remove('mine');
  world.configs.update('other', { slots: 2 });
  await settle();
  const leaving = world.serving.list().filter((model) => model.leaving !== null);
  const unloading = world.serving.unload(world.serving.resolveLoaded('mine'), { force: true });
  for (const exchange of exchanges) world.book.close(exchange, 200);
  await unloading;
  await world.serving.unloadAll({ force: true });

  expect(leaving.map(({ name, state, busySlots, pid }) => [name, state, busySlots, pid !== null])).toEqual([['mine', 'draining', 1, true], ['other', 'draining', 1, true]]);
  expect(world.serving.list().map(({ name, state, leaving: key }) => [name, state, key])).toEqual([['other', 'unloaded', null], ['one:Q4_K_M', 'unloaded', null], ['two:Q4_K_M', 'unloaded', null]]);
  await world.serving.stop();
});
