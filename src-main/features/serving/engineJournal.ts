import type { Disposable } from '../../base/disposables.ts';
import type { JournalService } from '../journal/index.ts';
import type { Scheduler } from './scheduler/scheduler.ts';
import type { Transition } from './scheduler/unitRegister.ts';

/** Writes loads, unloads, failures and crashes into the journal; that a model is asked something is no row. */
export function recordEngines(scheduler: Pick<Scheduler, 'onDidTransition'>, journal: Pick<JournalService, 'record'>): Disposable {
  return scheduler.onDidTransition((transition) => {
    const event = toEvent(transition);
    if (event === null) return;
    const { configId, name, from, to, cause, detail, exitCode } = transition;
    journal.record({ event, subjectKind: 'engine', subjectId: configId, subjectName: name, from, to, cause, details: { ...(detail !== null && { detail }), ...(exitCode !== null && { exitCode }) } });
  });
}

function toEvent({ from, to, cause }: Transition): string | null {
  if (to === 'failed') return 'engine.failed';
  if (to === 'unloading') return cause === 'crashed' ? 'engine.crashed' : null;
  if (from === 'loading' && to === 'ready') return 'engine.loaded';
  return from === 'unloading' && to === 'unloaded' && cause !== 'crashed' ? 'engine.unloaded' : null;
}
