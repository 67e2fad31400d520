import type { Run } from '#contract/runs.ts';
import type { ProcessTable } from '../../platform/process/processTable.ts';
import type { HostedTerminal } from '../../platform/pty/ptyHost.ts';
import type { RunService } from '../runs/index.ts';
import type { RootExit } from './runEnd.ts';
import { toRoot } from './runWatch.ts';

/** What is left of a run that an earlier backend started. */
export type FoundRun =
  /** Its own process, or others that carry its mark. `exit` is how its own process ended, if it has. */
  | { readonly kind: 'alive'; readonly exit: RootExit | null }
  /** Nothing lives, and the terminal host knows how it ended. */
  | { readonly kind: 'ended'; readonly exit: RootExit }
  | { readonly kind: 'lost' };

interface AdoptionDeps {
  readonly processes: ProcessTable;
  readonly runs: RunService;
  /** What the terminal host holds; empty where it is a new one. */
  readonly hosted: readonly HostedTerminal[];
  readonly bootId: string;
}

/** Finds what lives of a run, by pid, start time and boot id, or by its mark. Signals nothing. */
export async function findRun(record: Run, { processes, runs, hosted, bootId }: AdoptionDeps): Promise<FoundRun> {
  if (record.bootId !== bootId) return { kind: 'lost' };
  const terminal = hosted.find(({ terminalId }) => terminalId === record.terminalId);
  const exit = toExit(terminal);
  const run = record.pid === null && terminal !== undefined ? await completeRecord(record, terminal.pid, processes, runs) : record;
  if (await isProven(run, processes)) return { kind: 'alive', exit };
  const { entries } = await processes.readTree(toRoot(run));
  if (entries.length > 0) return { kind: 'alive', exit: exit ?? { exitCode: null, signal: null } };
  return exit === null ? { kind: 'lost' } : { kind: 'ended', exit };
}

async function isProven({ pid, startToken, bootId }: Run, processes: ProcessTable): Promise<boolean> {
  return pid !== null && startToken !== null && processes.isSame({ pid, startToken, bootId });
}

function toExit(terminal: HostedTerminal | undefined): RootExit | null {
  return terminal?.state.kind === 'exited' ? { exitCode: terminal.state.exitCode, signal: terminal.state.signal } : null;
}

/** The backend died between the spawn and its note of it: the terminal host knows the pid. */
async function completeRecord(run: Run, pid: number, processes: ProcessTable, runs: RunService): Promise<Run> {
  const identity = await processes.readIdentity(pid);
  return runs.update(run.id, { pid, startToken: identity?.startToken ?? null, processGroup: pid });
}
