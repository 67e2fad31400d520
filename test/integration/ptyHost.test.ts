import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HIGH_WATER_BYTES } from '#contract/terminalFrames.ts';
import type { TerminalExit } from '../../src-main/platform/pty/ptyHost.ts';
import type { SocketPtyHost } from '../../src-main/platform/pty/socketPtyHost.ts';
import { isAlive, PtyHostWorld } from '../support/ptyHostWorld.ts';
import { TerminalWindow } from '../support/terminalWindow.ts';
import { waitFor } from '../support/waitFor.ts';

let world: PtyHostWorld;
let host: SocketPtyHost;
let exits: TerminalExit[];

beforeEach(async () => {
  world = new PtyHostWorld();
  host = await world.connect();
  exits = [];
  host.onDidExit((exit) => { exits.push(exit); });
});
afterEach(() => world.end());

const exitOf = (terminalId: string) => waitFor(() => exits.find((exit) => exit.terminalId === terminalId), { what: `exit of ${terminalId}` });
const readLog = (terminalId: string): string => readFileSync(world.logPath(terminalId), 'utf8');

describe('how a child ends', () => {
  test('the exit code arrives, and the log holds all output by then', async () => {
    await host.spawn(world.shell('t', 'echo hello; exit 3'));
    expect(await exitOf('t')).toMatchObject({ exitCode: 3, signal: null });
    expect(readLog('t')).toBe('hello\r\n');
  });

  test('a signal arrives as its number', async () => {
    await host.spawn(world.shell('t', 'kill -9 $$'));
    expect(await exitOf('t')).toMatchObject({ exitCode: 0, signal: 9 });
  });

  test('a missing command is an exit with text, not a fault', async () => {
    await host.spawn(world.shell('t', '', { command: 'no-such-command', args: [] }));
    expect(await exitOf('t')).toMatchObject({ exitCode: 1 });
    expect(Buffer.from(await host.tail('t', 1_000)).toString()).toContain('No such file');
  });

  test('a missing folder is an exit with text, not a fault', async () => {
    await host.spawn(world.shell('t', 'true', { cwd: join(world.home, 'no-such-folder') }));
    expect(await exitOf('t')).toMatchObject({ exitCode: 1 });
  });

  test('the window gets the exit after the last byte', async () => {
    await host.spawn(world.shell('t', 'read x; seq 1 20000; echo last; exit 5'));
    const window = new TerminalWindow({ host, terminalId: 't' });
    await waitFor(() => window.attached);
    window.type('\n');
    await waitFor(() => window.exit);
    expect(window.exit).toMatchObject({ exitCode: 5, signal: null });
    await waitFor(() => window.screen().endsWith('20000\nlast'));
    window.close();
  });

  test('a hung-up terminal ends by SIGHUP and stays listed until it is forgotten', async () => {
    await host.spawn(world.shell('t', 'exec sleep 1000', { mark: 'run_1' }));
    await host.hangUp('t');
    expect(await exitOf('t')).toMatchObject({ signal: 1 });
    expect(await host.list()).toMatchObject([{ terminalId: 't', mark: 'run_1', state: { kind: 'exited', signal: 1 } }]);
    await host.forget('t');
    expect(await host.list()).toEqual([]);
    await expect(host.forget('t')).rejects.toMatchObject({ code: 'terminal.not_found', details: { terminalId: 't' } });
  });

  test('an id that is taken is refused', async () => {
    await host.spawn(world.shell('t', 'true'));
    await expect(host.spawn(world.shell('t', 'true'))).rejects.toMatchObject({ code: 'terminal.host_unavailable' });
  });
});

describe('what a window sees', () => {
  test('title and bell are told', async () => {
    const seen: string[] = [];
    host.onDidChangeTitle(({ title }) => { seen.push(title); });
    host.onDidRing(({ terminalId }) => { seen.push(`bell ${terminalId}`); });
    await host.spawn(world.shell('t', String.raw`printf '\033]0;größe 🦀\007'; sleep 0.1; printf '\a'; sleep 1000`));
    await waitFor(() => seen.length === 2);
    expect(seen).toEqual(['größe 🦀', 'bell t']);
    expect((await host.list())[0]).toMatchObject({ title: 'größe 🦀' });
  });

  test('an alternate screen is replayed with its modes, and the shell is behind it', async () => {
    const draw = String.raw`echo before; printf '\033[?1049h\033[?1h\033[?1006h\033[?1002h\033[?2004h\033[?25l\033[2J\033[5;10H\033[31mvim-like\033[0m\033[2;20r\033[7;3H'; read x; printf '\033[r\033[?1049l'; sleep 1000`;
    await host.spawn(world.shell('t', draw));
    await waitFor(async () => Buffer.from(await host.tail('t', 100)).includes('[7;3H'));
    const window = new TerminalWindow({ host, terminalId: 't' });
    await waitFor(() => window.screen().includes('vim-like'));
    const { buffer, modes } = window.terminal;
    expect(buffer.active).toMatchObject({ type: 'alternate', cursorX: 2, cursorY: 6 });
    expect(modes).toMatchObject({ applicationCursorKeysMode: true, bracketedPasteMode: true, mouseTrackingMode: 'drag' });
    expect(buffer.active.getLine(4)?.translateToString(true)).toBe('         vim-like');
    window.type('\n');
    await waitFor(() => buffer.active.type === 'normal');
    expect(window.screen()).toContain('before');
    window.close();
  });

  test('characters and sequences that arrive in pieces are never cut by a replay', async () => {
    const pieces = String.raw`for i in 1 2 3 4 5 6 7 8 9; do printf '\360\237'; sleep 0.03; printf '\246\200\033[3'; sleep 0.03; printf '1mred\033[0m|'; done; echo end; sleep 1000`;
    await host.spawn(world.shell('t', pieces));
    const windows: TerminalWindow[] = [];
    await waitFor(async () => {
      windows.push(new TerminalWindow({ host, terminalId: 't', channelId: windows.length + 1 }));
      return Buffer.from(await host.tail('t', 10)).includes('end');
    });
    for (const window of windows) {
      await waitFor(() => window.screen().includes('end'));
      expect(window.screen()).toBe(`${'🦀red|'.repeat(9)}end`);
      window.close();
    }
    expect(windows.length).toBeGreaterThan(5);
  });

  test('a paste of 1 MB arrives whole while the child reads slowly', async () => {
    await host.spawn(world.shell('t', `stty raw -echo; echo ready; sleep 0.3; head -c 1048576 | cksum; exit 0`));
    const window = new TerminalWindow({ host, terminalId: 't' });
    await waitFor(() => window.screen().includes('ready'));
    window.type('0123456789abcdef'.repeat(65_536));
    await exitOf('t');
    await waitFor(() => window.exit);
    expect(window.screen()).toContain('1048576');
    window.close();
  });

  test('a new size reaches the child and a second window', async () => {
    await host.spawn(world.shell('t', `trap 'stty size' WINCH; echo up; while :; do sleep 0.05; done`));
    const first = new TerminalWindow({ host, terminalId: 't' });
    await waitFor(() => first.screen().includes('up'));
    await host.resize('t', { columns: 100, rows: 30 });
    await waitFor(() => first.screen().includes('30 100'));
    const second = new TerminalWindow({ host, terminalId: 't', columns: 90, rows: 20, channelId: 2 });
    await waitFor(() => second.screen().includes('20 90'));
    first.close();
    second.close();
  });

  test('a question to the terminal is answered where no window looks', async () => {
    await host.spawn(world.shell('t', String.raw`stty raw -echo; printf '\033[6n'; head -c 6 | od -An -c; exit 0`));
    await exitOf('t');
    expect(Buffer.from(await host.tail('t', 200)).toString()).toContain('R');
  });

  test('unknown terminals, forgotten ones and bad frames close the channel with a reason', async () => {
    const unknown = new TerminalWindow({ host, terminalId: 'nobody' });
    await waitFor(() => unknown.closed === 'not_found');
    await host.spawn(world.shell('t', 'sleep 1000'));
    const window = new TerminalWindow({ host, terminalId: 't' });
    await waitFor(() => window.attached);
    await host.forget('t');
    await waitFor(() => window.closed === 'forgotten');
    const frames: Uint8Array[] = [];
    const relay = host.openRelay((frame) => { frames.push(frame); });
    relay.receive(Uint8Array.of(1, 9, 0, 0, 0, 123));
    relay.receive(Uint8Array.of(99));
    expect(frames).toHaveLength(1);
    unknown.close();
    window.close();
  });
});

describe('output that comes faster than it is taken', () => {
  test('50 floods of 4 MB are in their logs to the byte', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `flood${index}`);
    await Promise.all(ids.map((id) => host.spawn(world.shell(id, 'head -c 4000000 /dev/zero | tr "\\0" x'))));
    await waitFor(() => exits.length === 50, { timeoutMs: 120_000 });
    const listed = await host.list();
    expect(listed.map(({ outputBytes, logDroppedBytes }) => ({ outputBytes, logDroppedBytes }))).toEqual(ids.map(() => ({ outputBytes: 4_000_000, logDroppedBytes: 0 })));
    await waitFor(() => ids.every((id) => statSync(world.logPath(id)).size === 4_000_000));
  });

  test('a window that hangs does not stop the child, and ends with the right screen', async () => {
    await host.spawn(world.shell('t', 'read x; seq 1 2000000; echo done'));
    const window = new TerminalWindow({ host, terminalId: 't' });
    await waitFor(() => window.attached);
    window.isAcknowledging = false;
    window.type('\n');
    await exitOf('t');
    expect(readLog('t').length).toBeGreaterThan(14_000_000);
    expect(window.dataBytes).toBeLessThan(1.5 * HIGH_WATER_BYTES);
    window.isAcknowledging = true;
    window.acknowledge();
    await waitFor(() => window.exit);
    await waitFor(() => window.screen().endsWith('1999999\n2000000\ndone'));
    expect(window.replays).toBe(2);
    const lines = window.text().split('\n');
    expect(lines.length).toBeGreaterThan(2_000);
    expect(lines.slice(0, -1).map(Number)).toEqual(Array.from({ length: lines.length - 1 }, (_, index) => 2_000_000 - lines.length + 2 + index));
    window.close();
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk stops the log, is told once, and stops nothing else', async () => {
    const failures: string[] = [];
    host.onDidFailLog(({ error }) => { failures.push(error.code); });
    mkdirSync(dirname(world.logPath('t')), { recursive: true });
    symlinkSync('/dev/full', world.logPath('t'));
    await host.spawn(world.shell('t', 'seq 1 300000; sleep 0.1; seq 1 10; exit 4'));
    expect(await exitOf('t')).toMatchObject({ exitCode: 4 });
    expect(failures).toEqual(['ENOSPC']);
    const [listed] = await host.list();
    expect(listed).toMatchObject({ logError: { code: 'ENOSPC' } });
    expect(listed?.logDroppedBytes).toBe(listed?.outputBytes);
  });
});

describe('who outlives whom', () => {
  test('a host that is killed is missed within a second, and the next start works', async () => {
    const lost: number[] = [];
    host.onDidLoseHost(({ pid }) => { lost.push(pid); });
    await host.spawn(world.shell('t', 'sleep 1000'));
    const window = new TerminalWindow({ host, terminalId: 't' });
    await waitFor(() => window.attached);
    const { pid } = await host.ensureStarted();
    process.kill(pid, 'SIGKILL');
    await waitFor(() => lost.length > 0, { timeoutMs: 1_000 });
    expect(lost).toEqual([pid]);
    expect(window.closed).toBe('host_lost');
    await expect(host.list()).rejects.toMatchObject({ code: 'terminal.host_unavailable' });
    expect((await host.ensureStarted()).pid).not.toBe(pid);
    expect(await host.list()).toEqual([]);
    window.close();
  });

  test('SIGHUP and SIGINT leave the host alone', async () => {
    const { pid } = await host.ensureStarted();
    process.kill(pid, 'SIGHUP');
    process.kill(pid, 'SIGINT');
    await host.spawn(world.shell('t', 'echo still here'));
    await exitOf('t');
    expect(isAlive(pid)).toBe(true);
  });

  test('two starts at once share one host, and its files are private', async () => {
    const [first, second] = await Promise.all([host.ensureStarted(), world.connect().then((other) => other.ensureStarted())]);
    expect(first).toEqual(second);
    expect(statSync(join(world.home, 'run')).mode & 0o777).toBe(0o700);
    expect(statSync(join(world.home, 'run', 'pty.sock')).mode & 0o777).toBe(0o600);
  });
});
