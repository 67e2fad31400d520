import { expect, test } from 'vitest';
import { anInstance } from './anInstance.ts';
import { rankStatus, toStatusView } from './statusView.ts';

test.each([
  ['installing', 'slow', 'stalled'], ['starting', 'slow', 'stalled'], ['started', 'slow', 'started'], ['starting', 'ok', 'starting'],
])('%s with health %s is shown as %s', (status, health, kind) => {
  expect(toStatusView(anInstance({ status, health }), 0).kind).toBe(kind);
});

test('backoff counts whole seconds down and never below zero', () => {
  const waiting = anInstance({ status: 'backoff', retryAtMs: 5_000, cause: 'port_in_use' });

  expect([0, 4_200, 9_000].map((nowMs) => toStatusView(waiting, nowMs).secondsLeft)).toEqual([5, 1, 0]);
});

test('a cause is shown only while something is wrong', () => {
  const shown = (facts: Parameters<typeof anInstance>[0]) => toStatusView(anInstance({ cause: 'killed', ...facts }), 0).cause;

  expect([shown({ status: 'error' }), shown({ status: 'started', health: 'failing' }), shown({ status: 'started', health: 'ok' }), shown({})])
    .toEqual(['killed', 'killed', null, null]);
});

test('what needs a person sorts before what sleeps', () => {
  const order = ['stopped', 'started', 'error', 'backoff'].toSorted((left, right) => rankStatus(anInstance({ status: left })) - rankStatus(anInstance({ status: right })));

  expect(order).toEqual(['error', 'backoff', 'started', 'stopped']);
});
