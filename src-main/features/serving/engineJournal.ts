import type { JournalEvent } from '#contract/journal.ts';
import type { Disposable } from '../../base/disposables.ts';
import type { JournalService } from '../journal/index.ts';
import type { Scheduler } from './scheduler/scheduler.ts';
import type { Transition } from './scheduler/unitRegister.ts';

/** The same failure again within this is no new row, however often the model is asked for. */
const REPEAT_MS = 10 * 60_000;

interface Failure { readonly text: string; readonly atMs: number }

/** Writes loads, unloads, failures and crashes into the journal; that a model is asked something is no row. */
export function recordEngines(scheduler: Pick<Scheduler, 'onDidTransition'>, journal: Pick<JournalService, 'record'>): Disposable {
  const failures = new Map<string, Failure>();
  return scheduler.onDidTransition((transition) => {
    const event = toEvent(transition);
    if (event === null || isRepeated(failures, transition)) return;
    const { configId, name, from, to, cause, detail, exitCode } = transition;
    journal.record({ event, subjectKind: 'engine', subjectId: configId, subjectName: name, from, to, cause, details: { ...(detail !== null && { detail }), ...(exitCode !== null && { exitCode }) } });
  });
}

function isRepeated(failures: Map<string, Failure>, { configId, to, cause, detail, atMs }: Transition): boolean {
  if (to !== 'failed') { failures.delete(configId); return false; }
  const text = `${cause} ${detail}`;
  const before = failures.get(configId);
  if (before?.text === text && atMs - before.atMs < REPEAT_MS) return true;
  failures.set(configId, { text, atMs });
  return false;
}

function toEvent({ from, to, cause }: Transition): JournalEvent | null {
  if (to === 'failed') return 'engine.failed';
  if (to === 'unloading') return cause === 'crashed' ? 'engine.crashed' : null;
  if (from === 'loading' && to === 'ready') return 'engine.loaded';
  return from === 'unloading' && to === 'unloaded' && cause !== 'crashed' ? 'engine.unloaded' : null;
}
