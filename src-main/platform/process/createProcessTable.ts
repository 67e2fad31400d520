import { LinuxProcessFacts } from './linuxProcessFacts.ts';
import type { ProcessTable } from './processTable.ts';
import { PsProcessFacts } from './psProcessFacts.ts';
import { SystemProcessTable } from './systemProcessTable.ts';
import type { Kill } from './systemProcessTable.ts';

/** Makes the table for this system. `procRoot` and `kill` are there for tests: another boot, a pid given away. */
export function createProcessTable(
  { platform = process.platform, procRoot = '/proc', kill = sendSignal, selfPid = process.pid }:
  { platform?: NodeJS.Platform; procRoot?: string; kill?: Kill; selfPid?: number } = {},
): ProcessTable {
  const facts = platform === 'linux' ? new LinuxProcessFacts({ procRoot }) : new PsProcessFacts();
  return new SystemProcessTable({ facts, kill, selfPid });
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  process.kill(pid, signal);
}
