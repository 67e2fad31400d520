import SqliteDatabase from 'better-sqlite3';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, test } from 'vitest';
import { makeHome, poolEnvironment, removeHomes, startBackend, type TestBackend } from '../support/backend.ts';
import { waitFor } from '../support/waitFor.ts';

const entry = fileURLToPath(new URL('../../src-main/headless/main.ts', import.meta.url));
/** Debian's `nobody`. */
const NOBODY = 65_534;
const running: TestBackend[] = [];
afterEach(async () => { for (const backend of running.splice(0)) await backend.stop(); });
afterAll(() => { removeHomes(); });

function canRunAsNobody(): boolean {
  if (process.getuid?.() !== 0) return false;
  return spawnSync(process.execPath, ['-e', `require('node:fs').readFileSync(${JSON.stringify(entry)})`], { uid: NOBODY, gid: NOBODY }).status === 0;
}

async function start(options: Parameters<typeof startBackend>[0] = {}): Promise<TestBackend> {
  const backend = await startBackend(options);
  running.push(backend);
  return backend;
}

/** Runs the headless shell until it ends by itself. */
async function runOnce(home: string, env: Record<string, string> = {}, user?: number): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [entry, '--home', home, '--port', '0'], { env: { ...process.env, ...poolEnvironment(), ...env }, stdio: ['ignore', 'pipe', 'pipe'], ...(user !== undefined && { uid: user, gid: user }) });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => { output += bytes.toString(); });
  const [code] = await once(child, 'exit') as [number | null];
  return { code, output };
}

test('a second start for the same folder shows the first and ends', async () => {
  const first = await start();

  const { code, output } = await runOnce(first.home);

  expect(code).toBe(0);
  expect(output).toContain('already runs');
  expect(output).toContain(`Open ${first.url}/?token=`);
});

test('two starts at once leave one backend', async () => {
  const home = makeHome();

  const [backend, other] = await Promise.all([start({ home }), waitFor(() => existsSync(join(home, 'run', 'lock.db'))).then(() => runOnce(home))]);

  expect(other.output).toContain('already runs');
  expect((await backend.client.system.status({})).pid).toBe(backend.pid);
});

test('a damaged database is kept aside, said, and written to the journal', async () => {
  const home = makeHome();
  const damaged = Buffer.alloc(20_000, 'not a database ');
  writeFileSync(join(home, 'wheelhouse.db'), damaged);

  const backend = await start({ home });
  const { database } = await backend.client.system.status({});
  const entries = await backend.client.journal.list({});

  expect(readFileSync(database.keptAsidePath ?? '')).toEqual(damaged);
  expect(backend.output()).toContain('The database was damaged. It was kept as');
  expect(entries.map(({ event }) => event)).toContain('backend.database_damaged');
});

test('a database of a newer version is read, and every change is refused with that reason', async () => {
  const home = makeHome();
  await (await startBackend({ home })).stop();
  const database = new SqliteDatabase(join(home, 'wheelhouse.db'));
  database.pragma('user_version = 999');
  database.close();

  const backend = await start({ home });
  const change = backend.client.settings.set({ key: 'window.theme', value: 'dark' });
  const create = backend.client.instances.create({ name: 'x', blueprintId: 'http-server' });

  await expect(change).rejects.toMatchObject({ code: 'database.read_only', data: { schemaVersion: 999 } });
  await expect(create).rejects.toMatchObject({ code: 'database.read_only' });
  expect((await backend.client.system.status({})).database.isReadOnly).toBe(true);
});

test('a folder that cannot be written is one sentence', async (context) => {
  context.skip(!canRunAsNobody(), 'needs root, and a project folder that other users can read, to start as somebody who may not write');
  const home = join(makeHome(), 'locked');
  mkdirSync(home);
  chmodSync(home, 0o555);

  const { code, output } = await runOnce(join(home, 'data'), { HOME: '/tmp' }, NOBODY);

  expect(code).toBe(1);
  expect(output.trim().split('\n')).toEqual([expect.stringMatching(/^The data folder .* cannot be written \(EACCES\)/)]);
});

test('an instances folder without write permission is refused before anything is made, and named', async (context) => {
  context.skip(!canRunAsNobody(), 'needs root, and a project folder that other users can read, to run as somebody who may not write');
  const home = makeHome();
  mkdirSync(join(home, 'instances'), { mode: 0o755 });
  chownSync(home, NOBODY, NOBODY);
  const { client } = await start({ home, userId: NOBODY, env: { HOME: home } });

  const { id } = await client.instances.create({ name: 'closed', blueprintId: 'http-server' });
  await client.instances.start({ instance: id });
  const refused = await waitFor(async () => {
    const now = await client.instances.get({ instance: id });
    return now.status === 'error' ? now : null;
  }, { what: 'the refusal' });

  expect(refused).toMatchObject({ cause: 'preflight', pid: null, preflight: expect.arrayContaining([expect.objectContaining({ id: 'folder', level: 'failed' })]) as unknown });
  expect(readdirSync(join(home, 'instances'))).toEqual([]);
});

test('a wrong setting in the environment is one sentence that names it', async () => {
  const { code, output } = await runOnce(makeHome(), { WHEELHOUSE_PORTS_FIRST: 'many' });

  expect([code, output.trim().split('\n').length]).toEqual([1, 1]);
  expect(output).toContain('ports.first');
});

test('the private folder and its secrets are their owner\'s alone', async () => {
  const { home } = await start();
  const modes = ['run', 'run/token', 'run/session.key'].map((name) => (statSync(join(home, name)).mode & 0o777).toString(8));

  expect(modes).toEqual(['700', '600', '600']);
});

test('a signal ends the backend, leaves what runs, and the next one has it with the same pid', async () => {
  const first = await startBackend();
  const { id } = await first.client.instances.create({ name: 'files', blueprintId: 'http-server' });
  await first.client.instances.start({ instance: id });
  const before = await waitFor(async () => {
    const now = await first.client.instances.get({ instance: id });
    return now.status === 'started' ? now : null;
  }, { what: 'the start' });
  process.kill(first.pid, 'SIGTERM');
  await waitFor(() => !existsSync(`/proc/${first.pid}`), { what: 'the end' });

  const second = await start({ home: first.home });
  const after = await waitFor(async () => {
    const now = await second.client.instances.get({ instance: id });
    return now.status === 'started' ? now : null;
  }, { timeoutMs: 5_000, what: 'the adoption' });

  expect(after).toMatchObject({ pid: before.pid, port: before.port, runId: before.runId });
  expect((await fetch(after.url ?? '')).status).toBe(200);
});

test('ending the backend with what runs leaves no process of its data folder', async () => {
  const backend = await startBackend();
  const { id } = await backend.client.instances.create({ name: 'files', blueprintId: 'http-server' });
  await backend.client.instances.start({ instance: id });
  await waitFor(async () => (await backend.client.instances.get({ instance: id })).status === 'started', { what: 'the start' });
  await backend.client.terminals.openShell({ instance: id });

  await backend.stop();

  expect(findMentioning(backend.home)).toEqual([]);
});

function findMentioning(text: string): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid).flatMap((name) => {
    try {
      const [command, environment] = [readFileSync(`/proc/${name}/cmdline`, 'latin1'), readFileSync(`/proc/${name}/environ`, 'latin1')];
      return command.includes(text) || environment.includes(text) ? [command] : [];
    } catch (error) {
      if (error instanceof Error) return [];
      throw error;
    }
  });
}
