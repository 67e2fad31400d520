import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { probeBind } from '../../src-main/platform/process/bindProbe.ts';
import { createProcessTable } from '../../src-main/platform/process/createProcessTable.ts';
import { hasOomKilled, readOomKills } from '../../src-main/platform/process/oomKills.ts';
import { waitFor } from '../support/waitFor.ts';

const table = createProcessTable();
const children: ChildProcess[] = [];
const folders: string[] = [];
const servers: Server[] = [];

function start(script: string, mark: string): { pid: number; child: ChildProcess } {
  const child = spawn('bash', ['-c', script], { detached: true, stdio: 'ignore', env: { PATH: process.env['PATH'], WHEELHOUSE_RUN_ID: mark } });
  children.push(child);
  if (child.pid === undefined) throw new Error('bash did not start');
  return { pid: child.pid, child };
}

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'process-table-'));
  folders.push(folder);
  return folder;
}

async function listenOn(host: string): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => { server.listen(0, host, () => { resolve(); }); });
  return (server.address() as AddressInfo).port;
}

function aMark(): string {
  return `run_test_${process.pid}_${children.length}_${performance.now()}`;
}

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0)) server.close();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

describe('the real table', () => {
  test('a process is itself until it ends, and a zombie is not', async () => {
    const { pid, child } = start('exec sleep 60', aMark());
    const identity = await waitFor(() => table.readIdentity(pid));
    expect(await table.isSame(identity)).toBe(true);
    expect(await table.isSame({ ...identity, startToken: '1' })).toBe(false);
    expect(await table.isSame({ ...identity, bootId: 'another' })).toBe(false);
    child.kill('SIGKILL');
    await waitFor(async () => !await table.isSame(identity));
    expect(await table.readIdentity(pid)).toBeNull();
  });

  test('double-forked, re-parented and term-ignoring descendants are found and all killed', async () => {
    const mark = aMark();
    const script = "trap '' TERM; (setsid bash -c '(setsid sleep 61 &); sleep 62' &) ; sleep 63 & sleep 64";
    const { pid } = start(script, mark);
    const identity = await waitFor(() => table.readIdentity(pid));
    const root = { rootPid: pid, startToken: identity.startToken, bootId: identity.bootId, mark };
    const tree = await waitFor(async () => {
      const read = await table.readTree(root);
      return read.entries.filter(({ command }) => command === 'sleep').length === 4 ? read : null;
    });
    expect(tree.entries.map(({ how }) => how)).toEqual(expect.arrayContaining(['group', 'mark']));
    expect((await table.findMarked()).get(mark)?.length).toBe(tree.entries.length);

    const report = await table.signalTree(tree, 'SIGKILL');
    expect(report.refusedPids).toEqual([]);
    await waitFor(async () => (await table.readTree(root)).entries.length === 0);
    expect((await table.findMarked()).has(mark)).toBe(false);
  });

  test('a child that started after the snapshot is signalled too', async () => {
    const folder = await aFolder();
    const { pid } = start(`trap 'exec sleep 65' USR1; mkfifo '${folder}/go'; read <'${folder}/go'; setsid sleep 66 & wait`, aMark());
    const mark = (await waitFor(async () => [...await table.findMarked()].find(([, rows]) => rows.some((row) => row.pid === pid))))[0];
    const root = { rootPid: pid, mark };
    const before = await table.readTree(root);
    await waitFor(() => writeFile(join(folder, 'go'), 'go\n').then(() => true));
    await waitFor(async () => (await table.readTree(root)).entries.some(({ command }) => command === 'sleep'));
    await table.signalTree(before, 'SIGKILL');
    await waitFor(async () => !(await table.findMarked()).has(mark));
  });

  test('listeners are named with their owner, on both families', async () => {
    for (const host of ['127.0.0.1', '::1']) {
      const port = await listenOn(host);
      const [listener] = await table.readListeners(port);
      expect(listener).toEqual({ port, address: host, pid: process.pid, command: expect.any(String) as string });
    }
    expect(await table.readListeners(1)).toEqual([]);
  });

  test('a listener counts for the tree that owns it only', async () => {
    const mark = aMark();
    const port = await listenOn('127.0.0.1');
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    const { pid } = start(`python3 -m http.server ${port} --bind 127.0.0.1 & wait`, mark);
    const stranger = start('exec sleep 60', aMark());
    const listener = await waitFor(async () => table.listensFor(await table.readTree({ rootPid: pid, mark: null }), port));
    expect(listener.pid).not.toBe(pid);
    expect(await table.listensFor(await table.readTree({ rootPid: stranger.pid, mark: null }), port)).toBeNull();
    await table.signalTree(await table.readTree({ rootPid: pid, mark }), 'SIGKILL');
  });

  test('a port is free only where nobody listens on any family', async () => {
    const taken = await Promise.all([listenOn('127.0.0.1'), listenOn('::1')]);
    for (const port of taken) expect(await probeBind(port)).toMatchObject({ canBind: false, code: 'EADDRINUSE' });
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    for (const port of taken) expect(await probeBind(port)).toEqual({ canBind: true });
  });

  test('reading the whole table keeps the event loop free', async () => {
    let longestMs = 0;
    let last = performance.now();
    let isDone = false;
    const beat = (): void => {
      longestMs = Math.max(longestMs, performance.now() - last);
      last = performance.now();
      if (!isDone) setImmediate(beat);
    };
    setImmediate(beat);
    for (let round = 0; round < 5; round += 1) await table.findMarked();
    isDone = true;
    expect(longestMs).toBeLessThan(50);
  });

  test('the kernel’s count of memory kills is read and compared', async () => {
    const counts = await readOomKills();
    expect(hasOomKilled(counts, counts)).toBe(false);
    expect(hasOomKilled({ group: 1, machine: null }, { group: 2, machine: null })).toBe(true);
    expect(hasOomKilled({ group: null, machine: 4 }, { group: null, machine: 5 })).toBe(true);
    expect(await readOomKills({ procRoot: '/nowhere' })).toEqual({ group: null, machine: null });
  });
});

describe('a table over a made-up /proc', () => {
  async function aProc(): Promise<{ procRoot: string; put: (pid: number, startTicks: number, mark: string | null) => Promise<void> }> {
    const procRoot = await aFolder();
    await mkdir(join(procRoot, 'sys/kernel/random'), { recursive: true });
    await writeFile(join(procRoot, 'sys/kernel/random/boot_id'), 'boot-1\n');
    const put = async (pid: number, startTicks: number, mark: string | null): Promise<void> => {
      await mkdir(join(procRoot, String(pid)), { recursive: true });
      await writeFile(join(procRoot, String(pid), 'stat'), `${pid} (app) S 1 ${pid} ${pid} 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 ${startTicks} 0 5`);
      await writeFile(join(procRoot, String(pid), 'environ'), mark === null ? 'A=b\0' : `WHEELHOUSE_RUN_ID=${mark}\0`);
    };
    return { procRoot, put };
  }

  function aRecorder(): { sent: string[]; kill: (pid: number, signal: NodeJS.Signals) => void } {
    const sent: string[] = [];
    return { sent, kill: (pid, signal) => { sent.push(`${signal} ${pid}`); } };
  }

  test('a pid that was given away between snapshot and signal is left alone', async () => {
    const { procRoot, put } = await aProc();
    const { sent, kill } = aRecorder();
    const fake = createProcessTable({ platform: 'linux', procRoot, kill });
    await put(500, 100, 'run_x');
    const tree = await fake.readTree({ rootPid: 500, startToken: '100', bootId: 'boot-1', mark: 'run_x' });
    expect(tree.entries).toHaveLength(1);
    await put(500, 900, null);
    expect(await fake.signalTree(tree, 'SIGKILL')).toEqual({ signalledPids: [], refusedPids: [] });
    expect(sent).toEqual([]);
    await put(500, 100, 'run_x');
    await fake.signalTree(tree, 'SIGTERM');
    expect(sent).toEqual(['SIGTERM -500']);
  });

  test('after another boot nothing is signalled, even where pid and start time agree', async () => {
    const { procRoot, put } = await aProc();
    const { sent, kill } = aRecorder();
    const fake = createProcessTable({ platform: 'linux', procRoot, kill });
    await put(500, 100, null);
    const tree = await fake.readTree({ rootPid: 500, startToken: '100', bootId: 'boot-1', mark: 'run_x' });
    await writeFile(join(procRoot, 'sys/kernel/random/boot_id'), 'boot-2\n');
    await fake.signalTree(tree, 'SIGKILL');
    expect(sent).toEqual([]);
    expect(await fake.isSame({ pid: 500, startToken: '100', bootId: 'boot-1' })).toBe(false);
  });

  test('a process that the system refuses to signal is reported, one that is gone is not', async () => {
    const { procRoot, put } = await aProc();
    await put(500, 100, 'run_x');
    const refuse = (code: string) => createProcessTable({
      platform: 'linux', procRoot, kill: () => { throw Object.assign(new Error(code), { code }); },
    });
    const tree = await refuse('EPERM').readTree({ rootPid: 500, mark: 'run_x' });
    expect(await refuse('EPERM').signalTree(tree, 'SIGTERM')).toEqual({ signalledPids: [], refusedPids: [500] });
    expect(await refuse('ESRCH').signalTree(tree, 'SIGTERM')).toEqual({ signalledPids: [], refusedPids: [] });
  });
});
