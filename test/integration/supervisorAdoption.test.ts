import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { Instance } from '#contract/instances.ts';
import { makeHome, removeHomes, startBackend, type TestBackend } from '../support/backend.ts';
import { SupervisorWorld } from '../support/supervisorWorld.ts';
import { waitFor } from '../support/waitFor.ts';

const fakes = fileURLToPath(new URL('../fakes/blueprints', import.meta.url));
afterAll(removeHomes);

test('after kill -9 of the backend an installing and a started instance go on with the same pids', async () => {
  const home = makeHome();
  cpSync(fakes, join(home, 'blueprints'), { recursive: true });
  const first = await startBackend({ home, env: pool(24_000) });
  for (const [name, blueprintId] of [['web', 'serve'], ['slow', 'slow-install']] as const) {
    await first.client.instances.create({ name, blueprintId });
    await first.client.instances.start({ instance: name });
  }
  const web = await waitForStatus(first, 'web', 'started');
  const slow = await waitForStatus(first, 'slow', 'installing', ({ pid }) => pid !== null);
  await first.kill();

  const next = await startBackend({ home, env: pool(24_000) });

  expect(await waitForStatus(next, 'web', 'started')).toMatchObject({ pid: web.pid, runId: web.runId, port: web.port });
  expect(await waitForStatus(next, 'slow', 'installing')).toMatchObject({ pid: slow.pid, runId: slow.runId });
  expect((await fetch(web.url ?? '')).status).toBe(200);
  writeFileSync(join(slow.folder, 'go'), '');
  expect(await waitForStatus(next, 'slow', 'started')).toMatchObject({ isInstalled: true });
  const adopted = (await next.client.journal.list({})).filter(({ event }) => event === 'instance.adopted').map(({ subjectName }) => subjectName);
  expect(adopted.toSorted()).toEqual(['slow', 'web']);
  for (const name of ['web', 'slow']) await next.client.instances.stop({ instance: name });
  for (const name of ['web', 'slow']) await waitForStatus(next, name, 'stopped');
  await next.stop();
});

let world: SupervisorWorld;
beforeEach(() => { world = new SupervisorWorld(); });
afterEach(async () => { await world.end(); });

test('what ended while no backend was there is shown with its exit', async () => {
  const first = await world.start();
  await first.instances.create({ name: 'web', blueprintId: 'serve' });
  await first.instances.startOne('web');
  const { pid } = await world.waitFor(first, 'web', 'started');
  await first.leave();
  process.kill(pid ?? 0, 'SIGKILL');
  await waitFor(async () => (await world.processes.readIdentity(pid ?? 0)) === null);

  const next = await world.start();

  expect(await world.waitFor(next, 'web', 'error')).toMatchObject({ cause: 'killed' });
});

test('a stop that the backend did not live to finish is finished by the next', async () => {
  const first = await world.start();
  await first.instances.create({ name: 'deaf', blueprintId: 'ignores-term' });
  await first.instances.startOne('deaf');
  await world.waitFor(first, 'deaf', 'started');
  await first.instances.stopOne('deaf');
  await first.leave();

  const next = await world.start();

  await world.waitFor(next, 'deaf', 'stopped');
  expect(await world.readMarked(next)).toEqual([]);
});

test('when the terminal host is killed, what died is said within 3 s and what survives stays started', async () => {
  const backend = await world.start();
  for (const [name, blueprintId] of [['mortal', 'serve'], ['tough', 'ignores-term']] as const) {
    await backend.instances.create({ name, blueprintId });
    await backend.instances.startOne(name);
  }
  await world.waitFor(backend, 'mortal', 'started');
  const before = await world.waitFor(backend, 'tough', 'started');

  process.kill(backend.host.facts?.pid ?? 0, 'SIGKILL');

  expect(await world.waitFor(backend, 'mortal', 'error', 3_000)).toMatchObject({ cause: 'terminal_host_lost' });
  expect(backend.instances.get('tough')).toMatchObject({ status: 'started', runId: before.runId });
  await backend.instances.stopOne('tough');
  await world.waitFor(backend, 'tough', 'stopped');
  await backend.instances.startOne('mortal');
  await world.waitFor(backend, 'mortal', 'started');
});

test('strays of a run that is over are ended at the start; marks that are not ours are left alone', async () => {
  const first = await world.start();
  await first.instances.create({ name: 'web', blueprintId: 'serve' });
  await first.instances.startOne('web');
  const { runId } = await world.waitFor(first, 'web', 'started');
  await first.instances.stopOne('web');
  await world.waitFor(first, 'web', 'stopped');
  await first.leave();
  const { spawn } = await import('node:child_process');
  const stray = spawn('sleep', ['60'], { detached: true, stdio: 'ignore', env: { ...process.env, WHEELHOUSE_RUN_ID: runId ?? '' } });
  const foreign = spawn('sleep', ['60'], { detached: true, stdio: 'ignore', env: { ...process.env, WHEELHOUSE_RUN_ID: 'run_of_another_folder' } });

  const next = await world.start();

  await waitFor(() => stray.signalCode !== null);
  expect(await world.waitFor(next, 'web', 'stopped')).toMatchObject({ cause: null });
  expect(next.journal.list({ limit: 50 }).map(({ to }) => to)).toContain('orphaned');
  expect(foreign.signalCode).toBeNull();
  foreign.kill('SIGKILL');
});

test('autostart starts what is marked, those that are required first', async () => {
  const first = await world.start();
  await first.instances.create({ name: 'one', blueprintId: 'serve', autostart: true });
  await first.instances.create({ name: 'other', blueprintId: 'serve' });
  await first.leave();

  const next = await world.start();

  await world.waitFor(next, 'one', 'started');
  expect(next.instances.get('other').status).toBe('stopped');
});

function pool(first: number): Record<string, string> {
  return { WHEELHOUSE_PORTS_FIRST: String(first), WHEELHOUSE_PORTS_LAST: String(first + 9) };
}

async function waitForStatus({ client }: TestBackend, name: string, status: Instance['status'], also: (instance: Instance) => boolean = () => true): Promise<Instance> {
  return waitFor(async () => [await client.instances.get({ instance: name })].find((one) => one.status === status && also(one)), { what: `${name} to be ${status}` });
}
