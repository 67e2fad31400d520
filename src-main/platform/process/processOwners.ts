import { LinuxProcessFacts } from './linuxProcessFacts.ts';
import type { ProcessFacts, ProcessRow } from './processTable.ts';
import { PsProcessFacts } from './psProcessFacts.ts';

/** Tells the names and marks of processes that somebody else listed. */
export interface ProcessOwners {
  /**
   * The command and the run's mark of each process, by pid; those that are gone are left out, and a mark that may not be read
   * (another user's process) is null. Does not reject.
   */
  read(pids: readonly number[]): Promise<ReadonlyMap<number, { readonly name: string; readonly mark: string | null }>>;
}

/** Reads owners from this system's process list. */
export function createProcessOwners({ platform = process.platform, procRoot = '/proc' }: { platform?: NodeJS.Platform; procRoot?: string } = {}): ProcessOwners {
  const facts: ProcessFacts = platform === 'linux' ? new LinuxProcessFacts({ procRoot }) : new PsProcessFacts();
  return {
    read: async (pids) => {
      const rows = (await Promise.all(pids.map((pid) => facts.readRow(pid)))).filter((row): row is ProcessRow => row !== null);
      const marks = await facts.readMarks(rows);
      return new Map(rows.map(({ pid, command }) => [pid, { name: toName(command), mark: marks.get(pid) ?? null }]));
    },
  };
}

/** `/usr/bin/python3 train.py` → `python3`; a bare name stays as it is. */
function toName(command: string): string {
  if (!command.startsWith('/')) return command === '' ? 'unknown' : command;
  return command.split(' ', 1)[0]?.split('/').at(-1) ?? command;
}
