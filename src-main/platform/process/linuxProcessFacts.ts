import { readdirSync, readFileSync } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CPU_TICKS_PER_SECOND, RUN_MARK_VARIABLE } from './processTable.ts';
import type { PortListener, ProcessFacts, ProcessRow } from './processTable.ts';
import { parseListeningSockets } from './procNet.ts';
import { findVariable, parseMappedFileBytes, parsePageSize, parseProcStat } from './procStat.ts';

/** A stat file takes about 8 µs to read, so a chunk keeps the event loop for half a millisecond. */
const ROWS_PER_TURN = 64;
const READS_AT_ONCE = 32;
/** Between fork and exec a child still shows its parent's environment: only older processes are remembered as unmarked. */
const SETTLED_SECONDS = 5;

/** Reads processes from /proc. */
export class LinuxProcessFacts implements ProcessFacts {
  readonly #procRoot: string;
  readonly #uid: number | null;
  readonly #markByIdentity = new Map<string, string | null>();
  #pageSizeBytes: number | null = null;

  constructor({ procRoot = '/proc', uid = process.getuid?.() ?? null }: { procRoot?: string; uid?: number | null } = {}) {
    this.#procRoot = procRoot;
    this.#uid = uid;
  }

  async readBootId(): Promise<string> {
    return (await readFile(`${this.#procRoot}/sys/kernel/random/boot_id`, 'utf8')).trim();
  }

  readRow(pid: number): Promise<ProcessRow | null> {
    return Promise.resolve(this.#readRowNow(pid));
  }

  async readRows(): Promise<readonly ProcessRow[]> {
    const rows: ProcessRow[] = [];
    const pids = readdirSync(this.#procRoot).filter((name) => /^\d+$/.test(name)).map(Number);
    for (const [index, pid] of pids.entries()) {
      if (index % ROWS_PER_TURN === ROWS_PER_TURN - 1) await nextTurn();
      const row = this.#readRowNow(pid);
      if (row !== null) rows.push(row);
    }
    return rows;
  }

  async readMarks(rows: readonly ProcessRow[]): Promise<ReadonlyMap<number, string>> {
    const marks = new Map<number, string>();
    this.#forgetAllBut(rows);
    const unknown = rows.filter((row) => {
      const known = this.#markByIdentity.get(keyOf(row));
      if (typeof known === 'string') marks.set(row.pid, known);
      return known === undefined;
    });
    const uptimeSeconds = unknown.length === 0 ? 0 : await this.#readUptimeSeconds();
    for (let at = 0; at < unknown.length; at += READS_AT_ONCE) {
      await Promise.all(unknown.slice(at, at + READS_AT_ONCE).map(async (row) => {
        const mark = await this.#readMark(row.pid);
        const ageSeconds = uptimeSeconds - Number(row.startToken) / CPU_TICKS_PER_SECOND;
        if (mark !== null) marks.set(row.pid, mark);
        if (mark !== null || ageSeconds > SETTLED_SECONDS) this.#markByIdentity.set(keyOf(row), mark);
      }));
    }
    return marks;
  }

  async readListeners(port: number, { among }: { among: readonly number[] }): Promise<readonly PortListener[]> {
    const texts = await Promise.all(['tcp', 'tcp6'].map((name) => orNull(readFile(`${this.#procRoot}/net/${name}`, 'utf8'))));
    const sockets = texts.flatMap((text) => parseListeningSockets(text ?? '', port));
    if (sockets.length === 0) return [];
    const wanted = new Set(sockets.map(({ inode }) => `socket:[${inode}]`));
    const owners = new Map<string, number>();
    await this.#findOwners(among, wanted, owners);
    if (wanted.size > 0) await this.#findOwners((await this.readRows()).map(({ pid }) => pid), wanted, owners);
    return sockets.map(({ address, inode }) => {
      const pid = owners.get(`socket:[${inode}]`) ?? null;
      return { port, address, pid, command: pid === null ? null : this.#readRowNow(pid)?.command ?? null };
    });
  }

  async readMappedFileBytes(pid: number): Promise<number> {
    return parseMappedFileBytes(await orNull(readFile(`${this.#procRoot}/${pid}/status`, 'utf8')) ?? '');
  }

  #readRowNow(pid: number): ProcessRow | null {
    try {
      return parseProcStat(readFileSync(`${this.#procRoot}/${pid}/stat`, 'utf8'), this.#getPageSize());
    } catch (error) {
      if (isVanished(error)) return null;
      throw error;
    }
  }

  #getPageSize(): number {
    if (this.#pageSizeBytes === null) {
      try {
        this.#pageSizeBytes = parsePageSize(readFileSync(`${this.#procRoot}/self/auxv`));
      } catch (error) {
        if (!isVanished(error)) throw error;
        this.#pageSizeBytes = 4096;
      }
    }
    return this.#pageSizeBytes;
  }

  async #readUptimeSeconds(): Promise<number> {
    return Number.parseFloat(await orNull(readFile(`${this.#procRoot}/uptime`, 'utf8')) ?? '0');
  }

  async #readMark(pid: number): Promise<string | null> {
    const owner = await orNull(lstat(`${this.#procRoot}/${pid}`));
    if (owner === null || (this.#uid !== null && owner.uid !== this.#uid)) return null;
    const environ = await orNull(readFile(`${this.#procRoot}/${pid}/environ`, 'utf8'));
    return environ === null ? null : findVariable(environ, RUN_MARK_VARIABLE);
  }

  #forgetAllBut(rows: readonly ProcessRow[]): void {
    if (this.#markByIdentity.size <= rows.length) return;
    const live = new Set(rows.map(keyOf));
    for (const key of this.#markByIdentity.keys()) if (!live.has(key)) this.#markByIdentity.delete(key);
  }

  /** Moves what it finds from `wanted` to `owners`; stops when nothing is wanted any more. */
  async #findOwners(pids: readonly number[], wanted: Set<string>, owners: Map<string, number>): Promise<void> {
    for (const pid of pids) {
      if (wanted.size === 0) return;
      const folder = `${this.#procRoot}/${pid}/fd`;
      const names = await orNull(readdir(folder)) ?? [];
      const links = await Promise.all(names.map((name) => orNull(readlink(`${folder}/${name}`))));
      for (const link of links) if (link !== null && wanted.delete(link)) owners.set(link, pid);
    }
  }
}

function keyOf(row: ProcessRow): string {
  return `${row.pid}:${row.startToken}`;
}

async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (isVanished(error)) return null;
    throw error;
  }
}

/** A process may end, or belong to someone else, between any two readings. */
function isVanished(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM' || code === 'ENOTDIR' || code === 'EINVAL';
}
