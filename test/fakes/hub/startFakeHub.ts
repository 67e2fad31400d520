import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FakeHubOptions, FakeRepo, Fault, SeenRequest } from './fakeRepo.ts';

const program = fileURLToPath(new URL('main.ts', import.meta.url));

/** A stand-in hub in a process of its own, so that its work does not show in what a test measures. */
export interface RunningFakeHub extends AsyncDisposable {
  /** For `HF_ENDPOINT`. */
  readonly url: string;
  /** The other origin, where the bytes of LFS files come from. */
  readonly cdnUrl: string;
  readonly pid: number;
  /** Every request so far, of both servers, in order. */
  requests(): Promise<SeenRequest[]>;
  forgetRequests(): Promise<void>;
  /** Replaces all faults; the counts begin anew. */
  setFaults(faults: readonly Fault[]): Promise<void>;
  /** Adds a repository, or the next commit of one; gives the commit's sha. */
  put(repo: FakeRepo): Promise<string>;
  /** Ends the program. May be called twice. */
  stop(): Promise<void>;
}

/** Starts the program and waits until it listens; seeded files without `announcedSha256` are hashed first. */
export async function startFakeHub(options: FakeHubOptions = {}): Promise<RunningFakeHub> {
  const child = spawn(process.execPath, [program, '-'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  child.stdin.write(`${JSON.stringify(options)}\n`);
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line') as Promise<[string]>,
    exited.then(([code]) => { throw new Error(`the stand-in hub ended with ${String(code)} before it listened`); }),
  ]);
  const { url, cdnUrl } = JSON.parse(line) as { url: string; cdnUrl: string };

  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/-/${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`the stand-in hub answered ${response.status} to ${method} ${path}`);
    return response.json();
  };
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
  };
  return {
    url, cdnUrl, pid: child.pid ?? 0, stop, [Symbol.asyncDispose]: stop,
    requests: async () => await control('GET', 'requests') as SeenRequest[],
    forgetRequests: async () => { await control('DELETE', 'requests'); },
    setFaults: async (faults) => { await control('PUT', 'faults', faults); },
    put: async (repo) => (await control('POST', 'repos', repo) as { sha: string }).sha,
  };
}
