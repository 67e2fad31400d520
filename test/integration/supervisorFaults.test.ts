import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hasCode } from '#contract/errors.ts';
import { SupervisorWorld } from '../support/supervisorWorld.ts';
import { waitFor } from '../support/waitFor.ts';

let world: SupervisorWorld;
beforeEach(() => { world = new SupervisorWorld(); });
afterEach(async () => { await world.end(); });

test('a script that ignores every gentle signal is killed with its whole tree', async () => {
  const backend = await world.start();
  await backend.instances.create({ name: 'deaf', blueprintId: 'ignores-term' });
  await backend.instances.startOne('deaf');
  await world.waitFor(backend, 'deaf', 'started');
  expect((await world.readMarked(backend)).length).toBeGreaterThanOrEqual(2);

  await backend.instances.stopOne('deaf');

  await world.waitFor(backend, 'deaf', 'stopped');
  expect(await world.readMarked(backend)).toEqual([]);
});

test('a daemon that left script, group and session is adopted, and stopped with the port free', async () => {
  const backend = await world.start();
  await backend.instances.create({ name: 'daemon', blueprintId: 'daemon' });
  await backend.instances.startOne('daemon');
  const started = await world.waitFor(backend, 'daemon', 'started');
  const [listener] = await world.processes.readListeners(started.port ?? 0);
  await waitFor(() => backend.instances.get('daemon').pid === listener?.pid);

  await backend.instances.stopOne('daemon');

  await world.waitFor(backend, 'daemon', 'stopped');
  expect(await world.processes.readListeners(world.pool.first)).toEqual([]);
});

test('an app that has gone behind a sleeping script is failing, then an error', async () => {
  const backend = await world.start();
  await backend.instances.create({ name: 'hidden', blueprintId: 'sleeps-on' });
  await backend.instances.startOne('hidden');
  await world.waitFor(backend, 'hidden', 'started');

  await waitFor(() => backend.instances.get('hidden').health === 'failing');
  expect(await world.waitFor(backend, 'hidden', 'error')).toMatchObject({ cause: 'app_gone', port: null });
  expect(await world.readMarked(backend)).toEqual([]);
});

test('a failing app is restarted with backoff until its limit, with the cause of its end', async () => {
  const backend = await world.start();
  await backend.instances.create({ name: 'crash', blueprintId: 'exits-3' });
  await backend.instances.startOne('crash');

  expect(await world.waitFor(backend, 'crash', 'backoff')).toMatchObject({ cause: 'out_of_gpu_memory', exitCode: 3, attempt: 1 });
  const ended = await world.waitFor(backend, 'crash', 'error');

  expect(ended).toMatchObject({ cause: 'restart_limit', causeSubject: 'out_of_gpu_memory', exitCode: 3 });
  expect(world.readFile('instances', 'crash', 'tries.txt')).toBe('try\n'.repeat(3));
});

test('a stop during backoff stays stopped', async () => {
  const backend = await world.start();
  await backend.instances.create({ name: 'crash', blueprintId: 'exits-3' });
  await backend.instances.startOne('crash');
  await world.waitFor(backend, 'crash', 'backoff');
  await backend.instances.stopOne('crash');
  expect(await world.waitFor(backend, 'crash', 'stopped')).toMatchObject({ retryAtMs: null, desired: 'stopped' });
});

test('200 MB of output leave the end readable, found and complete', async () => {
  const backend = await world.start();
  const { folder } = await backend.instances.create({ name: 'loud', blueprintId: 'prints' });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'megabytes'), '200');
  await backend.instances.startOne('loud');
  await world.waitFor(backend, 'loud', 'stopped', 120_000);

  const run = world.lastRun(backend, 'loud');
  const { text, isTruncated, sizeBytes } = await backend.runs.log(run.id, { maxBytes: 5_000 });
  expect(text.trimEnd().split('\n').at(-1)).toBe('the very last line');
  expect({ isTruncated, isLarge: sizeBytes > 150_000_000 }).toEqual({ isTruncated: true, isLarge: true });
  const found = await backend.runs.search(run.id, { text: 'VERY last', limit: 5 });
  expect(found.lines.map((line) => line.text)).toEqual(['the very last line']);
});

test('an app that listens on ::1 only is ready, with an address that works', async () => {
  const backend = await world.start();
  await backend.instances.create({ name: 'six', blueprintId: 'only-ipv6' });
  await backend.instances.startOne('six');
  const { url } = await world.waitFor(backend, 'six', 'started');
  expect(url).toBe(`http://[::1]:${world.pool.first}/`);
  expect((await fetch(url ?? '')).status).toBe(200);
});

test('an app that answers 500 for ever is stalled, not started, and can be stopped', async () => {
  const backend = await world.start();
  await backend.instances.create({ name: 'broken', blueprintId: 'answers-500' });
  await backend.instances.startOne('broken');
  await waitFor(() => backend.instances.get('broken').health === 'slow');
  expect(backend.instances.get('broken').status).toMatch(/^(starting|installing)$/);
  await backend.instances.stopOne('broken');
  await world.waitFor(backend, 'broken', 'stopped');
});

test('an app that replaces itself from inside stays started, with its new pid', async () => {
  const backend = await world.start();
  await backend.instances.create({ name: 'again', blueprintId: 're-executes' });
  await backend.instances.startOne('again');
  const first = await world.waitFor(backend, 'again', 'started');
  await waitFor(() => backend.instances.get('again').pid !== first.pid, { what: 'another pid' });
  expect(await world.waitFor(backend, 'again', 'started')).toMatchObject({ runId: first.runId, health: 'ok' });
  await backend.instances.stopOne('again');
  await world.waitFor(backend, 'again', 'stopped');
});

test('zombies do not keep a stop from being proven', async () => {
  const backend = await world.start();
  await backend.instances.create({ name: 'undead', blueprintId: 'zombies' });
  await backend.instances.startOne('undead');
  await world.waitFor(backend, 'undead', 'started');
  await backend.instances.stopOne('undead');
  await world.waitFor(backend, 'undead', 'stopped');
});

test('a stranger that answers 200 on the port is not the app; it is named, and never signalled', async () => {
  const backend = await world.start();
  await backend.instances.create({ name: 'robbed', blueprintId: 'deaf' });
  await backend.instances.startOne('robbed');
  await waitFor(() => backend.instances.get('robbed').pid !== null);
  const stranger = createServer((_, answer) => answer.end('hello')).listen(world.pool.first, '127.0.0.1');
  await once(stranger, 'listening');

  const robbed = await waitFor(() => [backend.instances.get('robbed')].find(({ cause }) => cause === 'port_in_use'));
  expect(robbed).toMatchObject({ causeSubject: `pid ${process.pid}` });
  expect(robbed.status).toMatch(/^(starting|installing)$/);
  await backend.instances.stopOne('robbed');
  await world.waitFor(backend, 'robbed', 'stopped');

  expect(await (await fetch(`http://127.0.0.1:${world.pool.first}/`)).text()).toBe('hello');
  stranger.closeAllConnections();
  await new Promise((resolve) => stranger.close(resolve));
});

test('a port that is taken is refused with its holder, and left out of the pool', async () => {
  const backend = await world.start();
  const taken = createServer().listen(world.pool.first, '127.0.0.1');
  await once(taken, 'listening');
  await backend.instances.create({ name: 'fixed', blueprintId: 'serve', port: world.pool.first });
  await backend.instances.create({ name: 'free', blueprintId: 'serve' });

  await expect(backend.instances.startOne('fixed')).rejects.toMatchObject({ code: 'port.in_use', details: { port: world.pool.first, holderPid: process.pid } });
  expect(backend.instances.get('fixed')).toMatchObject({ status: 'error', cause: 'port_in_use' });
  await backend.instances.startOne('free');
  expect(await world.waitFor(backend, 'free', 'started')).toMatchObject({ port: world.pool.first + 1 });

  await expect(backend.instances.create({ name: 'twin', blueprintId: 'serve', port: world.pool.first })).rejects.toMatchObject({ code: 'port.in_use', details: { holderInstance: 'fixed' } });
  await expect(backend.instances.create({ name: 'outside', blueprintId: 'serve', port: 80 })).rejects.toMatchObject({ code: 'bad_input' });
  await new Promise((resolve) => taken.close(resolve));
});

test('names with quotes, commands, paths or too many letters are refused with the reason', async () => {
  const { instances } = await world.start();
  const names = ["it's \"quoted\"", '$(touch x)', 'a; rm -rf b', 'a/b', '..', '../up', 'x'.repeat(200), '   ', '---'];

  const reasons = await Promise.all(names.map(async (name) => {
    const error: unknown = await instances.create({ name, blueprintId: 'serve' }).catch((refusal: unknown) => refusal);
    return hasCode(error, 'instance.name_invalid') ? error.details.reason : error;
  }));

  expect(reasons).toEqual(['characters', 'characters', 'characters', 'characters', 'leading_dot', 'leading_dot', 'too_long', 'empty', 'slug_empty']);
  expect(instances.list({ deleted: false })).toEqual([]);
});

test('a folder that cannot be made is an error that names it', async () => {
  const backend = await world.start();
  writeFileSync(join(world.home, 'instances'), 'in the way');
  await backend.instances.create({ name: 'closed', blueprintId: 'serve' });
  await backend.instances.startOne('closed');
  const refused = await world.waitFor(backend, 'closed', 'error');
  expect(refused.causeSubject).toContain('instances');
});

test('a process that only has the pid of a run is never signalled', async () => {
  const first = await world.start();
  await first.instances.create({ name: 'lost', blueprintId: 'serve' });
  await first.instances.startOne('lost');
  const { runId, pid } = await world.waitFor(first, 'lost', 'started');
  const stranger = await spawnStranger();
  await first.leave();
  process.kill(pid ?? 0, 'SIGKILL');
  await waitFor(async () => (await world.processes.readIdentity(pid ?? 0)) === null);
  await rewriteRun(runId ?? '', { pid: stranger.pid ?? 0 });

  const next = await world.start();
  await world.waitFor(next, 'lost', 'error');
  await next.instances.stopOne('lost');

  expect(stranger.exitCode).toBeNull();
  expect(stranger.signalCode).toBeNull();
  stranger.kill('SIGKILL');
});

test('a run of another boot is lost, whatever has its pid now', async () => {
  const first = await world.start();
  await first.instances.create({ name: 'old', blueprintId: 'serve' });
  await first.instances.startOne('old');
  const { runId } = await world.waitFor(first, 'old', 'started');
  const stranger = await spawnStranger();
  const identity = await world.processes.readIdentity(stranger.pid ?? 0);
  await first.instances.stopOne('old');
  await world.waitFor(first, 'old', 'stopped');
  await first.leave();
  await rewriteRun(runId ?? '', { pid: stranger.pid ?? 0, token: identity?.startToken ?? '', boot: 'another-boot', isLive: true });

  const next = await world.start();

  expect(next.instances.get('old')).toMatchObject({ status: 'error', cause: 'lost' });
  expect(stranger.signalCode).toBeNull();
  stranger.kill('SIGKILL');
});

async function spawnStranger(): Promise<ChildProcess> {
  const stranger = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  await once(stranger, 'spawn');
  return stranger;
}

/** Changes a run's record behind the backend's back, as a reboot or a reused pid would. */
async function rewriteRun(runId: string, { pid, token, boot, isLive = false }: { pid: number; token?: string; boot?: string; isLive?: boolean }): Promise<void> {
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(join(world.home, 'wheelhouse.db'));
  database.prepare('UPDATE runs SET pid = ?, start_token = COALESCE(?, start_token), boot_id = COALESCE(?, boot_id), ended_at_ms = CASE WHEN ? THEN NULL ELSE ended_at_ms END WHERE id = ?')
    .run(pid, token ?? null, boot ?? null, isLive ? 1 : 0, runId);
  if (isLive) {
    const state = { kind: 'started', runId, readyAtMs: 1, address: '127.0.0.1', health: 'ok', silentSinceMs: null };
    const life = { desired: 'running', sinceMs: 1, attempt: 0, failedAtMs: [], state };
    database.prepare("UPDATE instances SET status = 'started', life = ?").run(JSON.stringify(life));
  }
  database.close();
}
