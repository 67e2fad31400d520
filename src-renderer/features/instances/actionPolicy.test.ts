import { expect, test } from 'vitest';
import { decideAction } from './actionPolicy.ts';
import { anInstance } from './anInstance.ts';

test.each([
  ['start', { status: 'stopped' }, true],
  ['start', { status: 'error' }, true],
  ['start', { status: 'started' }, 'alreadyRunning'],
  ['start', { status: 'stopping' }, 'alreadyStopping'],
  ['start', { status: 'error', stuckPids: [7] }, 'stuck'],
  ['stop', { status: 'stopped' }, 'notRunning'],
  ['stop', { status: 'backoff' }, true],
  ['stop', { status: 'error', stuckPids: [7] }, true],
  ['restart', { status: 'started' }, true],
  ['restart', { status: 'error' }, 'notRunning'],
  ['open', { url: null }, 'noPage'],
  ['open', { url: 'http://127.0.0.1:19001/' }, true],
  ['log', {}, 'neverRan'],
  ['trash', { status: 'started' }, 'stillRunning'],
  ['trash', { status: 'error' }, true],
] as const)('%s with %j is %j', (action, facts, verdict) => {
  expect(decideAction(action, anInstance(facts))).toBe(verdict);
});
