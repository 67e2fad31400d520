import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { connectToBackend, type BackendConnection } from './backendClient.ts';

const START_DEADLINE_MS = 20_000;

/** A one-time address of the window of the backend that runs; null where no browser can reach it. */
export async function fetchRunningLink(socketPath: string): Promise<string | null> {
  const connection = await connectToBackend(socketPath);
  if (connection === null) return null;
  const { url } = await connection.client.system.createLink({});
  connection.close();
  return url;
}

/**
 * Connects to the backend of a data folder and starts one in the background when none runs.
 * @throws Error with a sentence when it does not come up.
 */
export async function ensureBackend({ socketPath, home }: { socketPath: string; home: string }): Promise<BackendConnection> {
  const running = await connectToBackend(socketPath);
  if (running !== null) return running;
  const entry = fileURLToPath(new URL('../headless/main.ts', import.meta.url));
  const scratch = mkdtempSync(join(tmpdir(), 'wheelhouse-start-'));
  const complaints = join(scratch, 'stderr');
  const child = spawn(process.execPath, [entry, '--home', home, '--quiet'], { detached: true, stdio: ['ignore', 'ignore', openSync(complaints, 'w')] });
  const hasExited = new Promise<void>((resolve) => { child.once('exit', () => { resolve(); }); });
  const connection = await Promise.race([pollForBackend(socketPath), hasExited.then(() => connectToBackend(socketPath))]);
  child.unref();
  const complaint = readFileSync(complaints, 'utf8');
  rmSync(scratch, { recursive: true });
  if (connection === null) return null;
  const { url } = await connection.client.system.createLink({});
  connection.close();
  return url;
}

/**
 * Connects to the backend of a data folder and starts one in the background when none runs.
 * @throws Error with a sentence when it does not come up.
 */
export async function ensureBackend({ socketPath, home }: { socketPath: string; home: string }): Promise<BackendConnection> {
  const running = await connectToBackend(socketPath);
  if (running !== null) return running;
  const entry = fileURLToPath(new URL('../headless/main.ts', import.meta.url));
  const child = spawn(process.execPath, [entry, '--home', home, '--quiet'], { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (bytes: Buffer) => { complaint += bytes.toString(); });
  const hasExited = new Promise<void>((resolve) => { child.once('exit', () => { resolve(); }); });
  const connection = await Promise.race([pollForBackend(socketPath), hasExited.then(() => connectToBackend(socketPath))]);
  child.stderr.destroy();
  child.unref();
  if (connection === null) throw new Error(complaint.trim() || 'The backend did not come up; its log is in the data folder under logs/');
  process.stderr.write(`Started the backend in the background (pid ${String(child.pid)}); "wheelhouse stop" ends it.\n`);
  return connection;
}

async function pollForBackend(socketPath: string): Promise<BackendConnection | null> {
  const deadline = performance.now() + START_DEADLINE_MS;
  while (performance.now() < deadline) {
    const connection = await connectToBackend(socketPath);
    if (connection !== null) return connection;
    await delay(50);
  }
  return null;
}
