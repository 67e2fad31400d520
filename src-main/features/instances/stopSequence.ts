import { execFile } from 'node:child_process';
import type { BlueprintHeader, StopStep } from '#contract/blueprintHeader.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { ProcessTable, ProcessTree, TreeRoot } from '../../platform/process/processTable.ts';

/** What is to be ended. */
export interface StopTarget {
  readonly root: TreeRoot;
  readonly ports: readonly number[];
  readonly rules: BlueprintHeader['stop'];
  /** A run that was ready had the port, so it must be free afterwards; one that was not may have met a stranger there. */
  readonly hadPort: boolean;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

export type StopOutcome = { readonly kind: 'proven' } | { readonly kind: 'stuck'; readonly pids: readonly number[] };

interface StopDeps { processes: ProcessTable; clock: Clock; log: Logger }

const POLL_MS = 100;
const AFTER_KILL_MS = 10_000;
const STOP_COMMAND_MS = 20_000;

/**
 * Ends a process tree: snapshot first, then the blueprint's command and its signals to every group and marked stray, KILL at
 * last; and proves it: the tree is empty and its ports are free.
 */
export async function endTree(target: StopTarget, deps: StopDeps): Promise<StopOutcome> {
  const snapshot = await deps.processes.readTree(target.root);
  const remaining = new RemainingTree(target, snapshot, deps.processes);
  if (target.rules.command !== null) await runStopCommand(target.rules.command, target, deps.log);
  for (const { signal, waitMs } of planSteps(target.rules.signals)) {
    if ((await remaining.read()).length === 0) break;
    await deps.processes.signalTree(snapshot, `SIG${signal}`);
    if (await isGone(remaining, waitMs, deps.clock)) break;
  }
  const pids = await remaining.read();
  return pids.length === 0 ? { kind: 'proven' } : { kind: 'stuck', pids };
}

/** The blueprint's steps with KILL at their end, whatever it says. */
export function planSteps(steps: readonly StopStep[]): { signal: StopStep['signal']; waitMs: number }[] {
  const planned = steps.map(({ signal, waitSeconds }) => ({ signal, waitMs: waitSeconds === null ? AFTER_KILL_MS : waitSeconds * 1_000 }));
  const gentle = planned.filter(({ signal }) => signal !== 'KILL');
  return [...gentle, { signal: 'KILL', waitMs: AFTER_KILL_MS }];
}

/** Splits a command into words as a shell would, quotes included; nothing is evaluated. */
export function splitWords(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => double ?? single ?? bare ?? '');
}

/** What is left of a tree: what it holds now, what the snapshot saw and still lives, and who still listens on its ports. */
class RemainingTree {
  readonly #target: StopTarget;
  readonly #snapshot: ProcessTree;
  readonly #processes: ProcessTable;

  constructor(target: StopTarget, snapshot: ProcessTree, processes: ProcessTable) {
    this.#target = target;
    this.#snapshot = snapshot;
    this.#processes = processes;
  }

  async read(): Promise<number[]> {
    const pids = new Set((await this.#processes.readTree(this.#target.root)).entries.map(({ pid }) => pid));
    for (const { pid, startToken } of this.#snapshot.entries) {
      if (!pids.has(pid) && (await this.#processes.readIdentity(pid))?.startToken === startToken) pids.add(pid);
    }
    if (this.#target.hadPort && pids.size === 0) for (const pid of await this.#readPortHolders()) pids.add(pid);
    return [...pids];
  }

  async #readPortHolders(): Promise<number[]> {
    const listeners = await Promise.all(this.#target.ports.map((port) => this.#processes.readListeners(port)));
    return listeners.flat().map(({ pid }) => pid ?? 0);
  }
}

/** Two looks in a row must find nothing: between fork and exec a child shows no mark yet. */
async function isGone(remaining: RemainingTree, waitMs: number, clock: Clock): Promise<boolean> {
  const deadlineMs = clock.monotonicMs() + waitMs;
  let emptyLooks = 0;
  do {
    emptyLooks = (await remaining.read()).length === 0 ? emptyLooks + 1 : 0;
    if (emptyLooks === 2) return true;
    await clock.sleep(emptyLooks === 1 ? POLL_MS / 4 : POLL_MS);
  } while (clock.monotonicMs() < deadlineMs || emptyLooks > 0);
  return false;
}

function runStopCommand(command: string, { folder, environment }: StopTarget, log: Logger): Promise<void> {
  const [file, ...args] = splitWords(command);
  if (file === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    execFile(file, args, { cwd: folder, env: { ...environment }, timeout: STOP_COMMAND_MS, killSignal: 'SIGKILL' }, (error) => {
      if (error !== null) log.warn('run.stop_command_failed', { command, error: error.message });
      resolve();
    });
  });
}
