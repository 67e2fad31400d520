import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectToBackend, type BackendConnection } from './backendClient.ts';

const START_DEADLINE_MS = 20_000;
const HEADLESS_ENTRY = fileURLToPath(new URL('../headless/main.ts', import.meta.url));

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
  return await connectToBackend(socketPath) ?? startBackend({ socketPath, home });
}

/** Its complaints go to a file, so that it never writes into a pipe that nobody reads any more. */
async function startBackend({ socketPath, home }: { socketPath: string; home: string }): Promise<BackendConnection> {
  const scratch = mkdtempSync(join(tmpdir(), 'wheelhouse-start-'));
  const complaints = join(scratch, 'stderr');
  const child = spawn(process.execPath, [HEADLESS_ENTRY, '--home', home, '--quiet'], { detached: true, stdio: ['ignore', 'ignore', openSync(complaints, 'w')] });
  const abort = new AbortController();
  child.once('exit', () => { abort.abort(); });
  const connection = await pollForBackend(socketPath, abort.signal);
  child.unref();
  const complaint = readFileSync(complaints, 'utf8').trim();
  rmSync(scratch, { recursive: true });
  if (connection === null) throw new Error(complaint === '' ? 'The backend did not come up; its log is in the data folder under logs/.' : complaint);
  process.stderr.write(`Started the backend in the background (pid ${String(child.pid)}); "wheelhouse stop" ends it.\n`);
  return connection;
}

async function pollForBackend(socketPath: string, exited: AbortSignal): Promise<BackendConnection | null> {
  const deadline = performance.now() + START_DEADLINE_MS;
  while (performance.now() < deadline) {
    const connection = await connectToBackend(socketPath);
    if (connection !== null || exited.aborted) return connection;
    await delay(50);
  }
  return null;
}
