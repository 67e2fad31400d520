import { expect, test } from 'vitest';
import { Emitter } from '../../base/emitter.ts';
import { recordEngines } from './engineJournal.ts';
import type { Transition } from './scheduler/unitRegister.ts';

const MINUTE_MS = 60_000;
const step = (atMs: number, change: Partial<Transition>): Transition => ({ atMs, key: 'k', configId: 'cfg', name: 'demo', from: 'queued', to: 'failed', cause: 'insufficient_vram', detail: 'there is not enough memory', exitCode: null, ...change });

test('the same failure is written once in ten minutes, another one and one after a load at once', () => {
  const transitions = new Emitter<Transition>();
  const rows: string[] = [];
  recordEngines({ onDidTransition: transitions.event }, { record: (fact) => { rows.push(`${fact.event} ${fact.cause}`); return { id: 1, atMs: 0, subjectId: null, subjectName: null, from: null, to: null, cause: null, details: {}, ...fact }; } });

  for (let n = 0; n < 100; n += 1) transitions.fire(step(n, {}));
  transitions.fire(step(MINUTE_MS, { cause: 'stalled' }));
  transitions.fire(step(2 * MINUTE_MS, { from: 'loading', to: 'ready', cause: null }));
  transitions.fire(step(3 * MINUTE_MS, { cause: 'stalled' }));
  transitions.fire(step(13 * MINUTE_MS, { cause: 'stalled' }));

  expect(rows).toEqual(['engine.failed insufficient_vram', 'engine.failed stalled', 'engine.loaded null', 'engine.failed stalled', 'engine.failed stalled']);
});
