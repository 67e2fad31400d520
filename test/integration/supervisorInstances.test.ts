import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { InstanceChange } from '#contract/instances.ts';
import { SupervisorWorld } from '../support/supervisorWorld.ts';

let world: SupervisorWorld;
beforeEach(() => { world = new SupervisorWorld(); });
afterEach(async () => { await world.end(); });

test('edits are applied all or none, and only what differs counts', async () => {
  const { instances, journal } = await world.start();
  for (const name of ['one', 'two']) await instances.create({ name, blueprintId: 'serve' });

  await expect(instances.update([{ instance: 'one', set: { notes: 'new' } }, { instance: 'two', set: { name: 'ONE' } }])).rejects.toMatchObject({ code: 'instance.name_taken', details: { slug: 'one' } });
  await expect(instances.update([{ instance: 'one', set: { port: world.pool.first } }, { instance: 'two', set: { port: world.pool.first } }])).rejects.toMatchObject({ code: 'port.in_use' });
  await expect(instances.update([{ instance: 'one', set: { blueprintId: 'nothing' } }])).rejects.toMatchObject({ code: 'blueprint.not_found' });
  expect(instances.get('one')).toMatchObject({ notes: '', portSetting: 'auto' });

  const edited = await instances.update([{ instance: 'one', set: { notes: 'new', group: 'A', autostart: false } }, { instance: 'two', set: { group: null } }]);
  expect(edited.map(({ notes, group }) => [notes, group])).toEqual([['new', 'A'], ['', null]]);
  expect(journal.list({ limit: 50 }).filter(({ event }) => event === 'instance.changed').map(({ subjectName, details }) => [subjectName, details['fields']])).toEqual([['one', ['group', 'notes']]]);
});

test('several instances are renamed in one step', async () => {
  const { instances } = await world.start();
  for (const name of ['one', 'two']) await instances.create({ name, blueprintId: 'serve' });
  const [one, two] = [instances.get('one').id, instances.get('two').id];
  await instances.update([{ instance: one, set: { name: 'three' } }, { instance: two, set: { name: 'four' } }]);
  expect([instances.get(one).slug, instances.get(two).slug]).toEqual(['three', 'four']);
});

test('a rename moves the folder once nothing runs, and what cannot move is installed anew', async () => {
  const backend = await world.start();
  const { instances, runs } = backend;
  const { id, folder } = await instances.create({ name: 'before', blueprintId: 'serve' });
  await instances.startOne(id);
  await world.waitFor(backend, id, 'started');

  const [renamed] = await instances.update([{ instance: id, set: { name: 'after', notes: 'x' } }]);
  expect(renamed).toMatchObject({ name: 'after', slug: 'after', folder, restartNeededFor: ['name'], status: 'started' });
  await instances.restartOne(id);
  await world.waitFor(backend, id, 'stopping');
  const moved = await world.waitFor(backend, id, 'started');

  expect([moved.folder, existsSync(folder), moved.restartNeededFor]).toEqual([join(world.home, 'instances', 'after'), false, []]);
  expect(world.readFile('instances', 'after', 'environment.txt')).toContain('INSTANCE_NAME=after\n');
  expect((await runs.log(runs.list({ instance: id, limit: 5 }).at(-1)?.id ?? '')).sizeBytes).toBeGreaterThan(0);
});

test('a rename onto a folder that is there is refused and changes nothing', async () => {
  const { instances } = await world.start();
  await instances.create({ name: 'one', blueprintId: 'serve' });
  mkdirSync(join(world.home, 'instances', 'two'), { recursive: true });
  await expect(instances.update([{ instance: 'one', set: { name: 'two' } }])).rejects.toMatchObject({ code: 'instance.folder_exists' });
  expect(instances.get('one').name).toBe('one');
});

test('delete moves to the trash with its files, restore takes back, purge deletes for good', async () => {
  const backend = await world.start();
  const { instances, runs } = backend;
  const changes: InstanceChange['kind'][] = [];
  const { id, folder } = await instances.create({ name: 'lab', blueprintId: 'serve' });
  await instances.startOne('lab');
  await world.waitFor(backend, 'lab', 'started');
  await expect(instances.delete('lab')).rejects.toMatchObject({ code: 'instance.busy', details: { status: 'started' } });
  await instances.stopOne('lab');
  await world.waitFor(backend, 'lab', 'stopped');
  writeFileSync(join(folder, 'mine.txt'), 'precious');
  using _subscription = instances.onDidChange(({ kind }) => { changes.push(kind); });

  expect(await instances.delete('lab')).toMatchObject({ folder: join(world.home, 'trash', id) });
  expect([existsSync(folder), instances.list({ deleted: false }).length, instances.list({ deleted: true }).length, changes.at(-1)]).toEqual([false, 0, 1, 'removed']);
  expect((await instances.measure(id)).sizeBytes).toBeGreaterThan(8);

  await instances.create({ name: 'lab', blueprintId: 'serve' });
  await expect(instances.restore(id)).rejects.toMatchObject({ code: 'instance.name_taken' });
  await instances.delete('lab');
  expect(await instances.restore(id)).toMatchObject({ folder, deletedAtMs: null, isInstalled: true });
  expect(world.readFile('instances', 'lab', 'mine.txt')).toBe('precious');

  const logs = join(world.home, 'logs', 'runs');
  expect(readdirSync(logs).length).toBe(2);
  await instances.delete(id);
  await instances.purge(id);
  expect([existsSync(join(world.home, 'trash', id)), readdirSync(logs).length, () => instances.resolve(id)]).toEqual([false, 0, expect.any(Function)]);
  expect(() => runs.list({ instance: id, limit: 1 })).toThrow(expect.objectContaining({ code: 'instance.not_found' }));
});

test('what has been in the trash for longer than the setting says is deleted at a start', async () => {
  const first = await world.start();
  for (const name of ['old', 'new']) {
    const { id } = await first.instances.create({ name, blueprintId: 'serve' });
    await first.instances.delete(id);
  }
  await first.leave();
  const database = new Database(join(world.home, 'wheelhouse.db'));
  database.prepare("UPDATE instances SET deleted_at_ms = 1 WHERE name = 'old'").run();
  database.close();

  const next = await world.start();

  expect(next.instances.list({ deleted: true }).map(({ name }) => name)).toEqual(['new']);
});

test('a log is followed as it grows, to the end of the run', async () => {
  const backend = await world.start();
  const { folder } = await backend.instances.create({ name: 'slow', blueprintId: 'slow-install' });
  await backend.instances.startOne('slow');
  await world.waitFor(backend, 'slow', 'installing');
  let seen = '';
  const following = (async () => { for await (const { text } of backend.runs.follow(world.lastRun(backend, 'slow').id, { tailBytes: 1_000 })) seen += text; })();

  writeFileSync(join(folder, 'go'), '');
  await following;

  expect(seen).toContain('::wh stage waiting 1/1 Waiting');
  await world.waitFor(backend, 'slow', 'started');
});

test('a shell stands in the instance’s folder', async () => {
  const { instances } = await world.start();
  const { folder, slug } = await instances.create({ name: 'lab', blueprintId: 'jupyterlab' });
  mkdirSync(join(folder, 'env', 'bin'), { recursive: true });
  const { env, cwd } = await instances.shellEnvironment('lab');
  expect([cwd, env['VIRTUAL_ENV'], env['PATH']?.startsWith(join(folder, 'env', 'bin')), env['SUBFOLDER']]).toEqual([folder, join(folder, 'env'), true, `/instance/${slug}/`]);
});

test('the smallest stock blueprint works as it stands', async () => {
  const backend = await world.start();
  await backend.instances.create({ name: 'web', blueprintId: 'http-server' });
  await backend.instances.startOne('web');
  const { url, blueprintName } = await world.waitFor(backend, 'web', 'started');
  expect(blueprintName).toBe('HTTP server');
  expect(await (await fetch(url ?? '')).text()).toContain('It works');
});

test('deletes and starts at the same moment leave it running or in the trash, never both', async () => {
  const backend = await world.start();
  const { id } = await backend.instances.create({ name: 'torn', blueprintId: 'serve' });

  await Promise.allSettled([
    backend.instances.delete('torn'), backend.instances.startOne('torn'), backend.instances.delete('torn'), backend.instances.startOne('torn'), backend.instances.delete('torn'),
  ]);

  expect(backend.instances.list({ deleted: true }).map((one) => [one.id, one.status])).toEqual([[id, 'stopped']]);
  expect(await world.readMarked(backend)).toEqual([]);
  await expect(backend.instances.startOne(id)).rejects.toMatchObject({ code: 'instance.not_found' });
});
