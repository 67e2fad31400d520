import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src-main/base/clock.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import { createNodeHostStarter } from '../../src-main/platform/pty/hostProcess.ts';
import type { SpawnRequest } from '../../src-main/platform/pty/ptyHost.ts';
import { SocketPtyHost } from '../../src-main/platform/pty/socketPtyHost.ts';
import { waitFor } from './waitFor.ts';

const entryPath = fileURLToPath(new URL('../../src-main/ptyHost/main.ts', import.meta.url));

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** A data folder with a real PTY host; `end` leaves nothing behind. */
export class PtyHostWorld {
  readonly home = mkdtempSync(join(tmpdir(), 'wh-pty-'));
  readonly #clients: SocketPtyHost[] = [];
  readonly #hostPids = new Set<number>();
  readonly #hostArgs: readonly string[];

  constructor({ hostArgs = [] }: { hostArgs?: readonly string[] } = {}) {
    this.#hostArgs = hostArgs;
  }

  /** What a backend has: a client that is connected. */
  async connect(): Promise<SocketPtyHost> {
    const client = new SocketPtyHost({
      home: this.home, entryPath, hostArgs: this.#hostArgs, clock: systemClock, log: silentLog,
      startHostProcess: createNodeHostStarter({ executablePath: process.execPath, environment: process.env }),
    });
    this.#clients.push(client);
    this.#hostPids.add((await client.ensureStarted()).pid);
    return client;
  }

  /** A request to run a shell line. */
  shell(terminalId: string, line: string, rest: Partial<SpawnRequest> = {}): SpawnRequest {
    return {
      terminalId, command: '/bin/sh', args: ['-c', line], cwd: this.home, columns: 80, rows: 24, logPath: this.logPath(terminalId), mark: null,
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: 'C.UTF-8' }, ...rest,
    };
  }

  logPath(terminalId: string): string {
    return join(this.home, 'logs', terminalId, 'output.log');
  }

  async end(): Promise<void> {
    for (const client of this.#clients) await client.shutdown().catch(() => client.stop());
    for (const pid of this.#hostPids) await waitFor(() => !isAlive(pid), { what: `host ${pid} to end` });
    rmSync(this.home, { recursive: true, force: true });
  }
}
