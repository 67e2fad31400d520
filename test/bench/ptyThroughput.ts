import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import headless from '@xterm/headless';
import { encodeFrame, getFrameKind, FRAME_HEADER_BYTES } from '#contract/terminalFrames.ts';
import { invariant } from '../../src-main/base/invariant.ts';
import { openPty } from '../../src-main/platform/pty/nodePty.ts';
import type { PtyHost, Relay } from '../../src-main/platform/pty/ptyHost.ts';
import { PtyHostWorld } from '../support/ptyHostWorld.ts';
import { TerminalWindow } from '../support/terminalWindow.ts';
import { waitFor } from '../support/waitFor.ts';
import { toBenchRow, toRatioRow } from './benchRow.ts';
import type { BenchRow } from './benchRow.ts';

const ROUNDS = 5;
const NANOSECONDS_PER_MS = 1_000_000;
const BYTES_PER_MB = 1_000_000;
const PAYLOAD_BYTES = 3_500_000;
const MIN_RATIO = 0.7;
const KEYSTROKES = 300;
const MAX_ECHO_MS = 15;
const MAX_LOOP_DELAY_MS = 20;
const FLOODS = 50;
const FLOOD_BYTES = 4_000_000;

/** Measures the PTY host against node-pty alone, its keystroke echo under load, and what a flood costs the backend. */
export async function benchPty(): Promise<BenchRow[]> {
  return [await benchThroughput(), await benchEcho(), await benchBackendDelay()];
}

async function benchThroughput(): Promise<BenchRow> {
  return inWorld(async (world, host) => {
    const path = join(world.home, 'payload');
    writeFileSync(path, makePayload());
    const ours: number[] = [];
    const alone: number[] = [];
    await measureAlone(world, path);
    await measureThroughHost(world, host, { path, terminalId: 'warm-up' });
    for (let round = 0; round < ROUNDS; round += 1) {
      alone.push(await measureAlone(world, path));
      ours.push(await measureThroughHost(world, host, { path, terminalId: `round${round}` }));
    }
    return toRatioRow({ name: 'PTY output to the window, against node-pty alone', measured: quantile(ours, 0.5), reference: quantile(alone, 0.5), unit: 'MB/s', atLeast: MIN_RATIO });
  });
}

/** Coloured lines of uneven length, as a build prints them. */
function makePayload(): Buffer {
  const line = (index: number): string => `\x1b[32m[${index}]\x1b[0m compiling module ${index % 977} of the tree ${'='.repeat(index % 60)}\r\n`;
  let text = '';
  for (let index = 0; text.length < PAYLOAD_BYTES; index += 1) text += line(index);
  return Buffer.from(text.slice(0, PAYLOAD_BYTES));
}

const waitThenCat = (path: string): string => `stty raw -echo; read -r x; cat ${path}`;

async function measureAlone(world: PtyHostWorld, path: string): Promise<number> {
  const terminal = new headless.Terminal({ cols: 80, rows: 24, scrollback: 5_000, allowProposedApi: true, logLevel: 'off' });
  const done = Promise.withResolvers<number>();
  let bytes = 0;
  const { command, args, cwd, env } = world.shell('alone', waitThenCat(path));
  const pty = openPty({
    command, args, cwd, env, columns: 80, rows: 24, onExit: () => undefined,
    onData: (chunk) => {
      terminal.write(chunk, () => {
        bytes += chunk.length;
        if (bytes >= PAYLOAD_BYTES) done.resolve(performance.now());
      });
    },
  });
  await settle();
  const startedAtMs = performance.now();
  pty.write(Buffer.from('\n'));
  const tookMs = (await done.promise) - startedAtMs;
  terminal.dispose();
  return PAYLOAD_BYTES / BYTES_PER_MB / (tookMs / 1_000);
}

async function measureThroughHost(world: PtyHostWorld, host: PtyHost, { path, terminalId }: { path: string; terminalId: string }): Promise<number> {
  await host.spawn(world.shell(terminalId, waitThenCat(path)));
  const window = new TerminalWindow({ host, terminalId });
  await waitFor(() => window.attached);
  const done = Promise.withResolvers<number>();
  window.onDidProcess = () => { if (window.dataBytes >= PAYLOAD_BYTES && window.processedBytes >= PAYLOAD_BYTES) done.resolve(performance.now()); };
  await settle();
  const startedAtMs = performance.now();
  window.type('\n');
  const tookMs = (await done.promise) - startedAtMs;
  invariant(window.replays === 1, 'output was skipped: the rounds are not alike');
  window.close();
  await host.forget(terminalId);
  return PAYLOAD_BYTES / BYTES_PER_MB / (tookMs / 1_000);
}

async function benchEcho(): Promise<BenchRow> {
  return inWorld(async (world, host) => {
    const floods = Array.from({ length: 20 }, (_, index) => `flood${index}`);
    await host.spawn(world.shell('keys', 'stty raw -echo; exec cat'));
    await Promise.all(floods.map((id) => host.spawn(world.shell(id, `exec yes '${'flood '.repeat(12)}'`))));
    const relays = floods.map((id, index) => openSink(host, id, index + 1));
    const tookMs = await measureEchoes(host);
    for (const relay of relays) relay.dispose();
    return toBenchRow({ name: 'keystroke echo p99 while 20 terminals flood', measured: quantile(tookMs, 0.99), unit: 'ms', atMost: MAX_ECHO_MS });
  });
}

async function measureEchoes(host: PtyHost): Promise<number[]> {
  let onEcho: (atMs: number) => void = () => undefined;
  const relay = host.openRelay((frame) => { if (getFrameKind(frame) === 'data') onEcho(performance.now()); });
  relay.receive(encodeFrame({ kind: 'attach', channelId: 1, payload: { terminalId: 'keys', columns: 80, rows: 24 } }));
  await settle();
  const tookMs: number[] = [];
  for (let index = 0; index < KEYSTROKES; index += 1) {
    const echo = Promise.withResolvers<number>();
    onEcho = echo.resolve;
    const typedAtMs = performance.now();
    relay.receive(encodeFrame({ kind: 'input', channelId: 1, bytes: Buffer.from('k') }));
    tookMs.push((await echo.promise) - typedAtMs);
    await pause(10 + (index % 7));
  }
  relay.dispose();
  return tookMs;
}

async function benchBackendDelay(): Promise<BenchRow> {
  return inWorld(async (world, host) => {
    const ids = Array.from({ length: FLOODS }, (_, index) => `flood${index}`);
    let exits = 0;
    host.onDidExit(() => { exits += 1; });
    await Promise.all(ids.map((id) => host.spawn(world.shell(id, `stty raw -echo; read -r x; head -c ${FLOOD_BYTES} /dev/zero | tr '\\0' x`))));
    const relays = ids.map((id, index) => openSink(host, id, index + 1));
    await settle();
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const startedAtMs = performance.now();
    for (const [index, relay] of relays.entries()) relay.receive(encodeFrame({ kind: 'input', channelId: index + 1, bytes: Buffer.from('\n') }));
    await waitFor(() => exits === FLOODS, { timeoutMs: 120_000, everyMs: 50 });
    const tookMs = performance.now() - startedAtMs;
    delay.disable();
    for (const relay of relays) relay.dispose();
    const rate = (FLOODS * FLOOD_BYTES) / BYTES_PER_MB / (tookMs / 1_000);
    const measured = delay.percentile(99) / NANOSECONDS_PER_MS;
    return toBenchRow({ name: `backend's event-loop delay p99, ${FLOODS} × 4 MB at ${rate.toFixed(0)} MB/s`, measured, unit: 'ms', atMost: MAX_LOOP_DELAY_MS });
  });
}

/** A window that takes everything at once and acknowledges it. */
function openSink(host: PtyHost, terminalId: string, channelId: number): Relay {
  const relay = host.openRelay((frame) => {
    const kind = getFrameKind(frame);
    if (kind === 'data' || kind === 'replay') relay.receive(encodeFrame({ kind: 'ack', channelId, processedBytes: frame.length - FRAME_HEADER_BYTES }));
  });
  relay.receive(encodeFrame({ kind: 'attach', channelId, payload: { terminalId, columns: 80, rows: 24 } }));
  return relay;
}

async function inWorld<T>(use: (world: PtyHostWorld, host: PtyHost) => Promise<T>): Promise<T> {
  const world = new PtyHostWorld();
  try {
    return await use(world, await world.connect());
  } finally {
    await world.end();
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

const pause = (delayMs: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, delayMs); });
const settle = (): Promise<void> => pause(500);
