import { expect, test } from 'vitest';
import { AppError } from '#contract/errors.ts';
import { modelConfigId, modelConfigSettings } from '#contract/modelConfigs.ts';
import type { ModelChange, ModelVersion } from '#contract/models.ts';
import { openMemoryDatabase } from '../fakes/facts/aGpu.ts';
import { FakeClock } from '../fakes/facts/fakeClock.ts';
import { aVersion } from '../fakes/serving/aModel.ts';
import { Emitter } from '../../src-main/base/emitter.ts';
import { ConfigRepository } from '../../src-main/features/serving/configs/configRepository.ts';
import { ConfigService } from '../../src-main/features/serving/configs/configService.ts';

/** Configurations over models that are values. */
class World {
  readonly database = openMemoryDatabase();
  readonly didChangeModels = new Emitter<ModelChange>();
  readonly didChangeEngines = new Emitter<undefined>();
  readonly roles = new Map<string, string>();
  versions: ModelVersion[];
  hasEngine = true;
  readonly service: ConfigService;

  constructor(versions: ModelVersion[]) {
    this.versions = versions;
    this.service = this.open();
  }

  open(): ConfigService {
    const service = new ConfigService({
      repository: new ConfigRepository(this.database), hasEngine: () => this.hasEngine, onDidChangeEngines: this.didChangeEngines.event, journal: { record: () => ({}) as never }, clock: new FakeClock(),
      catalog: {
        list: () => this.versions, getFilePath: () => null, onDidChange: this.didChangeModels.event,
        find: (reference) => this.versions.find(({ id, reference: own, modelName }) => [id as string, own, modelName].includes(this.roles.get(reference) ?? reference)) ?? null,
      },
    });
    service.start();
    return service;
  }
}

function codeOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error instanceof AppError ? [error.code, error.details] : error;
  }
}

test('every servable version has an implicit configuration, and one that is made stands beside it', () => {
  const world = new World([aVersion('tiny'), aVersion('adapter', { kind: 'adapter' }), aVersion('lost', { health: 'missing' }), aVersion('image', { capabilities: [] })]);
  const implicit = world.service.list().map(({ name, aliases, isImplicit, problem }) => ({ name, aliases, isImplicit, problem }));

  world.service.create({ name: 'mine', model: 'tiny' });

  expect(implicit).toEqual([{ name: 'tiny:Q4_K_M', aliases: ['tiny'], isImplicit: true, problem: null }]);
  expect(world.service.list().map(({ name, isImplicit }) => [name, isImplicit])).toEqual([['mine', false], ['tiny:Q4_K_M', true]]);
  expect(['tiny', 'version_tiny', 'mine'].map((name) => world.service.find(name)?.name)).toEqual(['tiny:Q4_K_M', 'tiny:Q4_K_M', 'mine']);
});

test('a model is found by name, alias, role, version, and percent-encoded', () => {
  const world = new World([aVersion('org/tiny', { roles: ['coder'], aliases: ['t'] })]);

  const names = ['org/tiny:Q4_K_M', 'org/tiny', 'coder', 't', 'version_org/tiny', 'org%2Ftiny', '100%', 'nothing'].map((name) => world.service.find(name)?.name ?? null);

  expect(names).toEqual([...Array.from({ length: 6 }, () => 'org/tiny:Q4_K_M'), null, null]);
});

test('a configuration of a role follows it, and says so', () => {
  const world = new World([aVersion('old'), aVersion('new')]);
  world.roles.set('coder', 'old');
  const before = world.service.create({ name: 'coder-fast', model: 'coder' });
  const changes: unknown[] = [];
  world.service.onDidChange((change) => { if (change.kind === 'changed' && change.config.name === 'coder-fast') changes.push(change.config.versionId); });

  world.roles.set('coder', 'new');
  world.didChangeModels.fire({ kind: 'changed', version: aVersion('new', { roles: ['coder'] }) });

  expect([before.versionId, changes]).toEqual(['version_old', ['version_new']]);
});

test.each([
  { what: 'an engine that is not there', version: {}, hasEngine: false, set: {}, problem: 'no_engine' },
  { what: 'a file that is gone', version: { health: 'missing' as const }, hasEngine: true, set: {}, problem: 'model_gone' },
  { what: 'a wrong hash', version: { health: 'quarantined' as const }, hasEngine: true, set: {}, problem: 'quarantined' },
  { what: 'weights that no engine reads', version: { format: 'onnx' as const }, hasEngine: true, set: {}, problem: 'unsupported_format' },
  { what: 'a switch', version: {}, hasEngine: true, set: { isEnabled: false }, problem: 'disabled' },
  { what: 'nothing', version: {}, hasEngine: true, set: {}, problem: null },
])('a configuration says that $what keeps it from being served', ({ version, hasEngine, set, problem }) => {
  const world = new World([aVersion('m', version)]);
  world.hasEngine = hasEngine;

  expect(world.service.create({ name: 'c', model: 'm', ...set }).problem).toBe(problem);
});

const elsewhere = { baseUrl: 'http://127.0.0.1:11434/v1', keyVariable: null, model: null };
test.each([
  { what: 'a server elsewhere', set: { external: elsewhere }, engine: 'external' },
  { what: 'a container', set: { container: { image: 'x', args: [], port: 8_000, environment: {} } }, engine: 'container' },
  { what: 'a model', set: { model: 'm' }, engine: 'auto' },
  { what: 'an engine of its own', set: { model: 'm', engine: 'embedded' as const, external: elsewhere }, engine: 'embedded' },
])('a configuration with $what says what runs it, also one that was kept before it did', ({ set, engine }) => {
  const world = new World([aVersion('m')]);
  const created = world.service.create({ name: 'new', ...set });
  new ConfigRepository(world.database).save({ id: modelConfigId.parse('old'), settings: modelConfigSettings.parse({ name: 'old', ...set }), replaces: null, createdAtMs: 0, updatedAtMs: 0 });

  expect([created, world.open().get('old')]).toMatchObject([{ engine, problem: null }, { engine, problem: null }]);
});

test.each([
  { what: 'a name that is in use', set: { name: 'taken', model: 'm' }, code: ['config.name_taken', { name: 'taken' }] },
  { what: 'an alias that is in use', set: { name: 'free', aliases: ['taken'], model: 'm' }, code: ['config.name_taken', { name: 'taken' }] },
  { what: 'a model that is not there', set: { name: 'free', model: 'nothing' }, code: ['model.not_found', { model: 'nothing' }] },
  { what: 'no model', set: { name: 'free', model: null }, code: ['config.invalid', { field: 'model', reason: 'needs_model', value: null }] },
  { what: 'a model that was left out', set: { name: 'free' }, code: ['config.invalid', { field: 'model', reason: 'needs_model', value: null }] },
  { what: 'a container without an image', set: { name: 'free', model: 'm', engine: 'container' as const }, code: ['config.invalid', { field: 'container', reason: 'needs_container', value: null }] },
  { what: 'a quantised cache without flash attention', set: { name: 'free', model: 'm', kvTypeV: 'q8_0' as const, flashAttention: 'off' as const }, code: ['config.invalid', { field: 'kvTypeV', reason: 'kv_needs_flash_attention', value: null }] },
  { what: 'an argument that Wheelhouse sets', set: { name: 'free', model: 'm', extraArgs: ['--verbose', '--port=1'] }, code: ['config.invalid', { field: 'extraArgs', reason: 'argument_taken', value: '--port' }] },
])('a configuration with $what is refused', ({ set, code }) => {
  const world = new World([aVersion('m')]);
  world.service.create({ name: 'taken', model: 'm' });

  expect(codeOf(() => world.service.create(set))).toEqual(code);
});

test('what was set survives a restart, and a change leaves alone what it does not name', () => {
  const world = new World([aVersion('m')]);
  const { id } = world.service.create({ name: 'c', model: 'm', slots: 2, ttlSeconds: 5 });
  world.service.update('c', { slots: 3 });

  const after = world.open().get(id);

  expect([after.slots, after.ttlSeconds, after.name]).toEqual([3, 5, 'c']);
});

test('an implicit configuration that is changed becomes one of its own, and one that was made can be deleted', () => {
  const world = new World([aVersion('m')]);
  const changed = world.service.update('m', { isPinned: true });

  world.service.remove(changed.id);

  expect([changed.isImplicit, changed.name, world.service.list().map(({ isImplicit }) => isImplicit)]).toEqual([false, 'm:Q4_K_M', [true]]);
});

test('an implicit configuration that gets another name leaves none under the old one, until it is deleted or means another model', () => {
  const world = new World([aVersion('m'), aVersion('other')]);
  const namesAfter = (): string[] => world.open().list().map(({ name }) => name);
  world.service.update('m', { name: 'renamed', aliases: [] });
  const renamed = namesAfter();
  world.service.update('renamed', { isEnabled: false });
  const off = namesAfter();
  world.service.update('renamed', { model: 'other' });
  const elsewhere = namesAfter();
  const idCount = new Set(world.service.list().map(({ id }) => id)).size;
  world.service.remove('renamed');

  expect(idCount).toBe(3);
  expect([renamed, off, elsewhere, namesAfter()]).toEqual([['renamed', 'other:Q4_K_M'], ['renamed', 'other:Q4_K_M'], ['renamed', 'm:Q4_K_M', 'other:Q4_K_M'], ['m:Q4_K_M', 'other:Q4_K_M']]);
});

test('a configuration that takes the name of an implicit one hides it, and an alias of it goes over', () => {
  const world = new World([aVersion('m'), aVersion('other')]);

  world.service.create({ name: 'm:Q4_K_M', model: 'm' });
  world.service.create({ name: 'short', aliases: ['other'], model: 'other' });

  expect(world.service.list().map(({ name, aliases, isImplicit }) => [name, aliases, isImplicit])).toEqual([['m:Q4_K_M', [], false], ['short', ['other'], false], ['other:Q4_K_M', [], true]]);
});

test('that a model was used is no change of its configuration', () => {
  const world = new World([aVersion('m')]);
  const before = world.service.find('m');

  world.versions = [aVersion('m', { lastUsedAtMs: 5 })];
  world.didChangeModels.fire({ kind: 'changed', version: aVersion('m', { lastUsedAtMs: 5 }) });

  expect(world.service.find('m')).toBe(before);
});
