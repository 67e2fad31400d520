import type { Instance } from '#contract/instances.ts';
import { isLive } from './statusView.ts';

/** What can be asked of one instance from its row. */
export type RowAction = 'start' | 'stop' | 'restart' | 'open' | 'terminal' | 'log' | 'edit' | 'trash';

/** Why an action cannot be done now: a key below `instances.reason`. */
export type RefusalReason = 'alreadyRunning' | 'alreadyStopping' | 'notRunning' | 'noPage' | 'noTerminal' | 'neverRan' | 'stillRunning' | 'stuck';

export type ActionVerdict = true | RefusalReason;

type Facts = Pick<Instance, 'status' | 'url' | 'terminalId' | 'runId' | 'stuckPids'>;

const policies: Record<RowAction, (facts: Facts) => ActionVerdict> = {
  start: ({ status, stuckPids }) => (stuckPids.length > 0 ? 'stuck' : status === 'stopping' ? 'alreadyStopping' : isLive(status) ? 'alreadyRunning' : true),
  stop: ({ status, stuckPids }) => (status === 'stopping' ? 'alreadyStopping' : isLive(status) || stuckPids.length > 0 ? true : 'notRunning'),
  restart: ({ status }) => (status === 'stopping' ? 'alreadyStopping' : isLive(status) ? true : 'notRunning'),
  open: ({ url }) => (url === null ? 'noPage' : true),
  terminal: () => true,
  log: ({ terminalId, runId }) => (terminalId === null && runId === null ? 'neverRan' : true),
  edit: () => true,
  trash: ({ status, stuckPids }) => (isLive(status) || stuckPids.length > 0 ? 'stillRunning' : true),
};

/** Whether an action can be done on an instance now, and if not, why. */
export function decideAction(action: RowAction, facts: Facts): ActionVerdict {
  return policies[action](facts);
}
