import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CPU_TICKS_PER_SECOND, RUN_MARK_VARIABLE } from './processTable.ts';
import type { PortListener, ProcessFacts, ProcessRow } from './processTable.ts';

const run = promisify(execFile);
const COLUMNS = 'pid=,ppid=,pgid=,stat=,rss=,time=,lstart=,command=';
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Reads processes by `ps` and `lsof`, for systems without /proc (macOS). Sessions are not shown there: sid is the group. */
export class PsProcessFacts implements ProcessFacts {
  async readBootId(): Promise<string> {
    return (await readOutput('sysctl', ['-n', 'kern.bootsessionuuid'])).trim();
  }

  async readRow(pid: number): Promise<ProcessRow | null> {
    return parsePsRows(await readOutput('ps', ['-ww', '-o', COLUMNS, '-p', String(pid)]))[0] ?? null;
  }

  async readRows(): Promise<readonly ProcessRow[]> {
    return parsePsRows(await readOutput('ps', ['-axww', '-o', COLUMNS]));
  }

  /** `-E` appends the environment to the command, for our own processes only. */
  async readMarks(rows: readonly ProcessRow[]): Promise<ReadonlyMap<number, string>> {
    const wanted = new Set(rows.map(({ pid }) => pid));
    const marks = new Map<number, string>();
    for (const line of (await readOutput('ps', ['-axwwE', '-o', 'pid=,command='])).split('\n')) {
      const pid = Number.parseInt(line, 10);
      const mark = new RegExp(` ${RUN_MARK_VARIABLE}=(\\S+)`).exec(line)?.[1];
      if (mark !== undefined && wanted.has(pid)) marks.set(pid, mark);
    }
    return marks;
  }

  async readListeners(port: number): Promise<readonly PortListener[]> {
    return parseLsof(await readOutput('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpcn']), port);
  }

  /** `ps` does not tell what of a process is files. */
  readMappedFileBytes(): Promise<number> {
    return Promise.resolve(0);
  }
}

/** Parses `ps` rows in the order pid, ppid, pgid, stat, rss KiB, time, lstart (5 words), command. Zombies are left out. */
export function parsePsRows(text: string): ProcessRow[] {
  const shape = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\d{4})\s+(.*)$/;
  return text.split('\n').flatMap((line) => {
    const cells = shape.exec(line);
    if (cells === null) return [];
    const [, pid, ppid, pgid, stat = '', rssKib, time = '', lstart = '', command = ''] = cells;
    if (stat.startsWith('Z')) return [];
    return [{
      pid: Number(pid), ppid: Number(ppid), pgid: Number(pgid), sid: Number(pgid), startToken: lstart.replace(/\s+/g, ' '), command,
      state: stat.charAt(0), rssBytes: Number(rssKib) * 1024, cpuTicks: toTicks(time),
    }];
  });
}

/** `[[days-]hours:]minutes:seconds[.hundredths]` to ticks. */
function toTicks(time: string): number {
  const [days, clock] = time.includes('-') ? time.split('-') : ['0', time];
  const seconds = (clock ?? '0').split(':').reduce((total, part) => total * 60 + Number(part), 0);
  return Math.round((Number(days) * 86_400 + seconds) * CPU_TICKS_PER_SECOND);
}

/** Parses `lsof -F pcn`: p and c open a process, each n is an address. */
export function parseLsof(text: string, port: number): PortListener[] {
  const listeners: PortListener[] = [];
  let pid: number | null = null;
  let command: string | null = null;
  for (const line of text.split('\n')) {
    const value = line.slice(1);
    if (line.startsWith('p')) pid = Number(value);
    if (line.startsWith('c')) command = value;
    if (line.startsWith('n')) listeners.push({ port, address: value.slice(0, value.lastIndexOf(':')).replace(/^\[|\]$/g, ''), pid, command });
  }
  return listeners;
}

/** What the tool prints; nothing where it ends with 1, as `ps` and `lsof` do when nothing matches. */
async function readOutput(file: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(file, args, { maxBuffer: MAX_OUTPUT_BYTES, env: { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } })).stdout;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 1) return '';
    if (error instanceof Error) error.message = `${file}: ${error.message}`;
    throw error;
  }
}
