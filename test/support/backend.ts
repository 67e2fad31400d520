import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { WebSocket } from 'ws';
import { openSocket, toLinkSocket, type BackendClient } from '../../src-main/cli/backendClient.ts';
import { readConfig } from '../../src-main/app/config.ts';
import { waitFor } from './waitFor.ts';

const entry = fileURLToPath(new URL('../../src-main/headless/main.ts', import.meta.url));

/** A real headless backend in a process and data folder of its own. */
export interface TestBackend {
  readonly home: string;
  readonly pid: number;
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Calls over the local socket. */
  readonly client: BackendClient;
  /** The token for scripts. */
  readonly token: string;
  readonly output: () => string;
  /** A one-time address of the window. */
  createLink(): Promise<string>;
  /** Ends it as `wheelhouse stop` does, with all that it runs. */
  stop(): Promise<void>;
  /** kill -9, and waits until it is gone. Runs and the PTY host live on. */
  kill(): Promise<void>;
}

interface StartOptions {
  home?: string;
  /** The user to run as, where the test runs as root. */
  userId?: number;
  env?: Record<string, string>;
  args?: readonly string[];
  port?: number;
  /** The backend's entry; the headless one by default. */
  program?: string;
}

const folders = new Set<string>();

const PORTS_PER_WORKER = 100;

/** A pool of ports for each test worker, so that backends of tests that run at once do not race for the same ones. */
export function poolEnvironment(): { WHEELHOUSE_PORTS_FIRST: string; WHEELHOUSE_PORTS_LAST: string } {
  const first = 21_000 + Number(process.env['VITEST_POOL_ID'] ?? 0) * PORTS_PER_WORKER;
  return { WHEELHOUSE_PORTS_FIRST: String(first), WHEELHOUSE_PORTS_LAST: String(first + PORTS_PER_WORKER - 1) };
}

/** A fresh data folder; `removeHomes` deletes all of them. */
export function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'wh-'));
  folders.add(home);
  return home;
}

export function removeHomes(): void {
  for (const home of folders) rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  folders.clear();
}

/** Starts a backend and waits until it answers. Give the same home again to start the next one after a kill. */
export async function startBackend({ home = makeHome(), env = {}, args = [], port = 0, userId, program = entry }: StartOptions = {}): Promise<TestBackend> {
  const child = spawnBackend({ args: [program, '--home', home, '--port', String(port), ...args], env, userId });
  let output = '';
  const collect = (bytes: Buffer): void => { output += bytes.toString(); };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  await waitFor(() => {
    if (child.exitCode !== null) throw new Error(`the backend ended: ${output}`);
    return output.includes('Open http');
  }, { timeoutMs: 30_000, what: `the backend to be ready: ${output}` });
  const url = new URL(/Open (http\S+)/.exec(output)?.[1] ?? '').origin;
  const { client, socket } = await connect(home);
  return {
    home, url, client, pid: child.pid ?? 0, token: readFileSync(join(home, 'run', 'token'), 'utf8').trim(), output: () => output,
    createLink: async () => (await client.system.createLink({})).url ?? '',
    stop: async () => {
      if (child.exitCode === null) await Promise.all([once(child, 'exit'), client.system.stop({ runs: 'stop' })]);
      socket.terminate();
    },
    kill: async () => { socket.terminate(); await killChild(child); },
  };
}

function spawnBackend({ args, env, userId }: { args: string[]; env: Record<string, string>; userId: number | undefined }): ChildProcessByStdio<null, Readable, Readable> {
  const user = userId === undefined ? {} : { uid: userId, gid: userId };
  return spawn(process.execPath, args, { env: { ...process.env, ...poolEnvironment(), ...env }, stdio: ['ignore', 'pipe', 'pipe'], ...user });
}

async function connect(home: string): Promise<{ client: BackendClient; socket: WebSocket }> {
  const path = readConfig({ home }).socket;
  const socket = await waitFor(() => (existsSync(path) ? openSocket(path, '/rpc') : null), { what: 'the local socket' });
  return { client: createORPCClient(new RPCLink({ websocket: toLinkSocket(socket) })), socket };
}

async function killChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
