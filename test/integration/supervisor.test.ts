import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SupervisorWorld } from '../support/supervisorWorld.ts';
import { waitFor } from '../support/waitFor.ts';

let world: SupervisorWorld;
beforeEach(() => { world = new SupervisorWorld(); });
afterEach(async () => { await world.end(); });

test('an instance is installed, started, seen ready and stopped without a trace', async () => {
  const backend = await world.start();
  const { instances, runs, journal } = backend;
  const made = await instances.create({ name: 'My lab', blueprintId: 'serve', launchArgs: '--flag "$(touch hacked)"' });
  expect(made).toMatchObject({ status: 'stopped', desired: 'stopped', slug: 'my-lab', blueprintId: 'custom:serve', isInstalled: false, port: null });
  expect(existsSync(made.folder)).toBe(false);

  expect((await instances.startOne('my-lab')).desired).toBe('running');
  const started = await world.waitFor(backend, 'my-lab', 'started');

  expect(started).toMatchObject({ health: 'ok', port: world.pool.first, url: `http://127.0.0.1:${world.pool.first}/`, isInstalled: true, cause: null, restartNeededFor: [] });
  expect((await fetch(started.url ?? '')).status).toBe(200);
  const environment = world.readFile('instances', 'my-lab', 'environment.txt');
  for (const line of [`WEBUI_PORT=${world.pool.first}`, 'INSTANCE_NAME=My lab', `INSTANCE_CONF_DIR=${made.folder}`, 'BLUEPRINT_ID=serve', 'SUBFOLDER=/instance/my-lab/', `WHEELHOUSE_RUN_ID=${started.runId ?? ''}`, 'PYTHONNOUSERSITE=1', 'CUDA_DEVICE_ORDER=PCI_BUS_ID']) {
    expect(environment.split('\n')).toContain(line);
  }
  expect(environment).not.toMatch(/^(VITEST|NODE_OPTIONS|CUDA_VISIBLE_DEVICES)/m);
  expect(world.readFile('instances', 'my-lab', 'seen_args.txt')).toBe('--flag "$(touch hacked)"\n');
  expect(existsSync(join(made.folder, 'hacked'))).toBe(false);

  expect((await instances.stopOne('my-lab')).status).toBe('stopping');
  const stopped = await world.waitFor(backend, 'my-lab', 'stopped');

  expect(stopped).toMatchObject({ port: null, pid: null, url: null, desired: 'stopped', cause: null });
  expect(await world.readMarked(backend)).toEqual([]);
  expect(await world.processes.readListeners(world.pool.first)).toEqual([]);
  expect(runs.list({ instance: 'my-lab', limit: 10 }).map(({ phase, endedAtMs, pid }) => [phase, endedAtMs === null, pid === null])).toEqual([['run', false, false], ['install', false, false]]);
  const words = journal.list({ subjectId: made.id, limit: 50 }).filter(({ event }) => event === 'instance.status').map(({ to }) => to).toReversed();
  expect(words).toEqual(['queued', 'installing', 'starting', 'started', 'stopping', 'stopped']);
});

test('a second start does not install again, a changed requirements.txt does', async () => {
  const backend = await world.start();
  await backend.instances.create({ name: 'one', blueprintId: 'single' });
  await backend.instances.startOne('one');
  await world.waitFor(backend, 'one', 'started');
  await waitFor(() => backend.instances.get('one').isInstalled);
  await backend.instances.restartOne('one');
  await waitFor(() => world.readFile('instances', 'one', 'passes.txt') === 'pass\npass\n');
  const words = (): (string | null)[] => backend.journal.list({ limit: 100 }).filter(({ event }) => event === 'instance.status').map(({ to }) => to).toReversed();
  await world.waitFor(backend, 'one', 'started');
  expect(words()).toEqual(['queued', 'installing', 'started', 'stopping', 'queued', 'starting', 'started']);

  writeFileSync(join(backend.instances.get('one').folder, 'requirements.txt'), 'more\n');
  await backend.instances.restartOne('one');
  await waitFor(() => words().length === 11);
  expect(words().slice(7)).toEqual(['stopping', 'queued', 'installing', 'started']);
});

test('stages are shown while they last', async () => {
  const backend = await world.start();
  await backend.instances.create({ name: 'slow', blueprintId: 'slow-install' });
  await backend.instances.startOne('slow');
  const installing = await waitFor(() => [backend.instances.get('slow')].find(({ stage }) => stage !== null));
  expect(installing).toMatchObject({ status: 'installing', stage: { id: 'waiting', index: 1, count: 1, title: 'Waiting' } });
  await backend.instances.stopOne('slow');
  expect(await world.waitFor(backend, 'slow', 'stopped')).toMatchObject({ stage: null, isInstalled: false });
});

test('a failed install is an error with its cause and is not tried again', async () => {
  const backend = await world.start();
  await backend.instances.create({ name: 'bad', blueprintId: 'failing-install' });
  await backend.instances.startOne('bad');
  expect(await world.waitFor(backend, 'bad', 'error')).toMatchObject({ cause: 'missing_module', causeSubject: 'wheels_of_steel', exitCode: 1, isInstalled: false, desired: 'running' });
});

test('a start that cannot work is refused before anything is made', async () => {
  const backend = await world.start();
  const { folder } = await backend.instances.create({ name: 'needy', blueprintId: 'needs-more' });
  await backend.instances.startOne('needy');
  const refused = await world.waitFor(backend, 'needy', 'error');
  expect(refused).toMatchObject({ cause: 'preflight', causeSubject: 'no-such-command-here' });
  expect(refused.preflight.filter(({ level }) => level === 'failed').map(({ id }) => id)).toEqual(['command']);
  expect(existsSync(folder)).toBe(false);
  expect((await backend.instances.preflight('needy')).find(({ level }) => level === 'failed')?.subject).toBe('no-such-command-here');
});

test('a script without a header is started only after a confirm', async () => {
  const backend = await world.start();
  await backend.instances.create({ name: 'plain', blueprintId: 'headless' });
  await expect(backend.instances.startOne('plain')).rejects.toMatchObject({ code: 'blueprint.unparsed' });
  await backend.instances.startOne('plain', { acceptUnparsed: true });
  expect(await world.waitFor(backend, 'plain', 'error')).toMatchObject({ cause: 'app_gone', exitCode: 0 });
});

test('two starts within the same moment make one run; stop, start and stop again end where they should', async () => {
  const backend = await world.start();
  const { instances, runs } = backend;
  await instances.create({ name: 'twice', blueprintId: 'serve' });
  await Promise.all([instances.startOne('twice'), instances.startOne('twice'), instances.startOne('twice')]);
  await world.waitFor(backend, 'twice', 'started');
  expect(runs.list({ instance: 'twice', limit: 10 }).map(({ phase }) => phase)).toEqual(['run', 'install']);

  await Promise.all([instances.stopOne('twice'), instances.startOne('twice'), instances.stopOne('twice'), instances.startOne('twice')]);
  await waitFor(() => runs.list({ instance: 'twice', limit: 10 }).length === 3);
  expect(await world.waitFor(backend, 'twice', 'started')).toMatchObject({ desired: 'running' });
  await Promise.all([instances.stopOne('twice'), instances.stopOne('twice')]);
  await world.waitFor(backend, 'twice', 'stopped');
});

test('at most so many start at once; a stop takes one out of the queue', async () => {
  const backend = await world.start({ startLimit: 1 });
  const { instances } = backend;
  for (const name of ['a', 'b', 'c']) await instances.create({ name, blueprintId: 'slow-install' });
  for (const name of ['a', 'b', 'c']) await instances.startOne(name);
  await world.waitFor(backend, 'a', 'installing');
  expect(['b', 'c'].map((name) => instances.get(name).status)).toEqual(['queued', 'queued']);

  await instances.stopOne('b');
  await world.waitFor(backend, 'b', 'stopped');
  await instances.stopOne('a');

  await world.waitFor(backend, 'c', 'installing');
  expect(instances.get('b').status).toBe('stopped');
});
