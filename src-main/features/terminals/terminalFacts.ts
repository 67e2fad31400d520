import { z } from 'zod';
import { instanceId, type TerminalId } from '#contract/ids.ts';
import type { Run } from '#contract/runs.ts';
import type { Terminal } from '#contract/terminals.ts';

const shellMark = z.object({ title: z.string(), instanceId: instanceId.nullable() });
/** What the host keeps for us about a shell, so that the next backend knows whose it is. */
export type ShellMark = z.infer<typeof shellMark>;

export function toShellMark(mark: ShellMark): string {
  return JSON.stringify(mark);
}

/** Reads a shell's mark; one that we did not write is a shell without an instance. */
export function parseShellMark(text: string | null): ShellMark {
  const unknown: ShellMark = { title: 'shell', instanceId: null };
  if (text?.startsWith('{') !== true) return unknown;
  const parsed = shellMark.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : unknown;
}

/** The terminal of a run, as its record tells. */
export function runTerminal(run: Run): Terminal {
  return {
    id: run.terminalId, kind: 'run', title: run.phase === 'install' ? `${run.instanceName} (install)` : run.instanceName,
    instanceId: run.instanceId, runId: run.id, state: run.endedAtMs === null ? 'live' : 'exited', pid: run.pid,
    exitCode: run.exitCode, signal: run.signal, createdAtMs: run.createdAtMs, logError: null,
  };
}

/** A shell that the host runs. */
export function shellTerminal({ id, pid, mark, createdAtMs }: { id: TerminalId; pid: number; mark: ShellMark | string | null; createdAtMs: number }): Terminal {
  const { title, instanceId: owner } = typeof mark === 'object' && mark !== null ? mark : parseShellMark(mark);
  return { id, kind: 'shell', title, instanceId: owner, runId: null, state: 'live', pid, exitCode: null, signal: null, createdAtMs, logError: null };
}

/** How an ended terminal is shown. */
export function exitOf({ exitCode, signal }: { exitCode: number | null; signal: number | null }): Pick<Terminal, 'state' | 'exitCode' | 'signal'> {
  return { state: 'exited', exitCode, signal };
}
