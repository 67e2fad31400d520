import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { endTree } from '../features/instances/index.ts';
import type { ProcessTable } from '../platform/process/processTable.ts';

const RULES = { signals: [{ signal: 'HUP' as const, waitSeconds: 2 }, { signal: 'TERM' as const, waitSeconds: 2 }], command: null };

/** Ends every process that carries a mark, gently first; says so in the log when some would not go. */
export function createMarkEnder({ processes, clock, log, home }: { processes: ProcessTable; clock: Clock; log: Logger; home: string }): (mark: string) => Promise<void> {
  return async (mark) => {
    const marked = (await processes.findMarked()).get(mark) ?? [];
    const [first] = marked;
    if (first === undefined) return;
    const outcome = await endTree({ root: { rootPid: first.pid, mark }, ports: [], rules: RULES, hadPort: false, folder: home, environment: {} }, { processes, clock, log });
    if (outcome.kind === 'stuck') log.warn('terminal.stuck', { mark, pids: outcome.pids });
  };
}
