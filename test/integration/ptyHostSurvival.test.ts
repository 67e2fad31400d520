import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeJson, MessageReader } from '../../src-main/platform/pty/messageStream.ts';
import { isAlive, PtyHostWorld } from '../support/ptyHostWorld.ts';
import { TerminalWindow } from '../support/terminalWindow.ts';
import { waitFor } from '../support/waitFor.ts';

const fixture = fileURLToPath(new URL('../fixtures/ptyHostBackend.ts', import.meta.url));
const entryPath = fileURLToPath(new URL('../../src-main/ptyHost/main.ts', import.meta.url));
let world: PtyHostWorld;

beforeEach(() => { world = new PtyHostWorld({ hostArgs: ['--idleExitMs', '300'] }); });
afterEach(() => world.end());

/** Starts a backend of its own process whose terminal runs the line. */
async function startBackend(line: string): Promise<{ backend: ChildProcess; pid: number }> {
  const backend = spawn(process.execPath, [fixture, world.home, entryPath, line], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await once(backend.stdout, 'data') as [Buffer];
  return { backend, pid: (JSON.parse(said.toString()) as { pid: number }).pid };
}

async function killHard(backend: ChildProcess): Promise<void> {
  const exited = once(backend, 'exit');
  backend.kill('SIGKILL');
  await exited;
}

test('after kill -9 of the backend the run goes on, and the next backend has its scrollback and its input', async () => {
  const { backend, pid } = await startBackend('i=0; while [ $i -lt 400 ]; do i=$((i+1)); echo line $i; sleep 0.005; done; read x; echo got $x; sleep 1000');
  await killHard(backend);
  const startedAtMs = performance.now();
  const host = await world.connect();
  expect(performance.now() - startedAtMs).toBeLessThan(2_000);
  expect(await host.list()).toMatchObject([{ terminalId: 't', pid, mark: 'run_1', state: { kind: 'running' } }]);

  const window = new TerminalWindow({ host, terminalId: 't' });
  await waitFor(() => window.screen().endsWith('line 400'));
  window.type('it\n');
  await waitFor(() => window.screen().endsWith('got it'));
  const lines = Array.from({ length: 400 }, (_, index) => `line ${index + 1}`);
  expect(window.text().split('\n')).toEqual([...lines, 'it', 'got it']);
  await waitFor(() => readFileSync(join(world.home, 'output.log'), 'utf8') === `${[...lines, 'it', 'got it'].join('\r\n')}\r\n`);
  expect(isAlive(pid)).toBe(true);
  window.close();
});

test('an exit while no backend lives is kept for the next one, beyond the time an idle host stays', async () => {
  const { backend, pid } = await startBackend('sleep 0.5; echo bye; exit 7');
  await killHard(backend);
  await waitFor(() => !isAlive(pid));
  const record = JSON.parse(readFileSync(join(world.home, 'run', 'ptyHost.pid'), 'utf8')) as { pid: number };
  const idleSinceMs = performance.now();
  await waitFor(() => performance.now() - idleSinceMs > 1_500);
  const host = await world.connect();
  expect(host.facts?.pid).toBe(record.pid);
  expect(await host.list()).toMatchObject([{ pid, state: { kind: 'exited', exitCode: 7, signal: null } }]);
  expect(Buffer.from(await host.tail('t', 100)).toString()).toBe('bye\r\n');
});

test('a host with nothing to do and nobody connected ends by itself and leaves no file', async () => {
  const host = await world.connect();
  const pid = host.facts?.pid ?? 0;
  await host.stop();
  await waitFor(() => !isAlive(pid));
  expect(existsSync(join(world.home, 'run', 'ptyHost.pid'))).toBe(false);
  expect(existsSync(join(world.home, 'run', 'pty.sock'))).toBe(false);
});

test('stopping the client is not a loss, and a stale socket does not hinder the next start', async () => {
  const host = await world.connect();
  let losses = 0;
  host.onDidLoseHost(() => { losses += 1; });
  await host.stop();
  expect(losses).toBe(0);
  const facts = await host.ensureStarted();
  process.kill(facts.pid, 'SIGKILL');
  await waitFor(() => losses === 1);
  expect(existsSync(join(world.home, 'run', 'pty.sock'))).toBe(true);
  expect((await host.ensureStarted()).pid).not.toBe(facts.pid);
});

test('a host that speaks another protocol is reported and left alone', async () => {
  await world.connect().then((host) => host.shutdown());
  const reader = new MessageReader();
  const other = createServer((socket) => {
    socket.on('data', (chunk: Buffer) => {
      for (const { body } of reader.read(chunk)) {
        const { id } = JSON.parse(body.toString()) as { id: number };
        socket.write(encodeJson({ id, ok: true, result: { protocolVersion: 99, pid: 1, startedAtMs: 0 } }));
      }
    });
  });
  await waitFor(() => !existsSync(join(world.home, 'run', 'pty.sock')));
  other.listen(join(world.home, 'run', 'pty.sock'));
  await once(other, 'listening');
  await expect(world.connect()).rejects.toMatchObject({ code: 'terminal.host_unavailable' });
  other.close();
});

test('a host that hangs is reported, and used again when it goes on', async () => {
  const host = await world.connect();
  const pid = host.facts?.pid ?? 0;
  await host.spawn(world.shell('t', 'sleep 1000'));
  await host.stop();
  process.kill(pid, 'SIGSTOP');
  await expect(host.ensureStarted()).rejects.toMatchObject({ code: 'terminal.host_unavailable' });
  process.kill(pid, 'SIGCONT');
  expect((await host.ensureStarted()).pid).toBe(pid);
  expect(await host.list()).toMatchObject([{ terminalId: 't', state: { kind: 'running' } }]);
});

test('a host whose entry is broken is reported with the place of its log', async () => {
  writeFileSync(join(world.home, 'logs'), 'a file where a folder should be');
  await expect(world.connect()).rejects.toThrow('EEXIST');
});
