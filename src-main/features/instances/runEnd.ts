import { constants } from 'node:os';
import type { Run } from '#contract/runs.ts';
import { hasOomKilled, readOomKills, type OomKillCounts } from '../../platform/process/oomKills.ts';
import type { PtyHost } from '../../platform/pty/ptyHost.ts';
import { classifyExit, readLogTail } from '../runs/index.ts';
import { createFailure, type Failure } from './lifeState.ts';

/** How the script's own process ended. */
export interface RootExit { readonly exitCode: number | null; readonly signal: number | null }

interface EndedRun {
  readonly run: Run;
  readonly exit: RootExit | null;
  readonly isHostLost: boolean;
  /** Null for a run that an earlier backend started. */
  readonly oomKills: OomKillCounts | null;
  readonly host: PtyHost;
  /** Takes secrets out of what is shown. */
  readonly redact: (text: string) => string;
}

const TAIL_BYTES = 64 * 1024;

/** Says how a run ended and why, from its exit, its last output and what the kernel says about memory. */
export async function readEndOfRun({ run, exit, isHostLost, oomKills, host, redact }: EndedRun): Promise<Failure> {
  if (exit === null && isHostLost) return createFailure('terminal_host_lost');
  const oomKilled = oomKills !== null && hasOomKilled(oomKills, await readOomKills());
  const { exitCode = null, signal = null } = exit ?? {};
  const verdict = classifyExit({ exitCode, signal: toSignalName(signal), logTail: redact(await readTail(run, host)), oomKilled, wantedStop: false });
  return { cause: verdict.cause === 'none' ? 'unknown' : verdict.cause, evidence: verdict.evidence, subject: verdict.subject, exitCode, signal };
}

/** The name of a signal's number, such as SIGTERM. */
function toSignalName(signal: number | null): string | null {
  if (signal === null) return null;
  return Object.entries(constants.signals).find(([, number]) => number === signal)?.[0] ?? String(signal);
}

/** From the terminal while its host lives, which has what a full disk kept from the log; else from the log. */
async function readTail({ terminalId, logPath }: Run, host: PtyHost): Promise<string> {
  const bytes = await host.tail(terminalId, TAIL_BYTES).catch(async () => (await readLogTail(logPath, TAIL_BYTES)).bytes);
  return Buffer.from(bytes).toString('utf8');
}
