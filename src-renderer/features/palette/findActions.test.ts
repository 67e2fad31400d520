import { expect, test } from 'vitest';
import type { Action } from '../../app/actions.ts';
import { findActions } from './findActions.ts';

function anAction(set: Partial<Action>): Action {
  return { id: 'test', title: 'Test', area: 'Test', isEnabled: () => true, run: () => undefined, ...set };
}

test.each([
  ['', ['zoom']],
  ['lab', ['zoom', 'start.lab', 'start.lab2']],
  ['start LAB 2', ['zoom', 'start.lab2']],
  ['nothing', ['zoom']],
])('for %j the palette offers %j: what is one of many only once it is named', (search, ids) => {
  const actions = [
    anAction({ id: 'app.palette' }), anAction({ id: 'zoom', title: 'Zoom in' }),
    anAction({ id: 'start.lab', title: 'Start lab', isOnlyFound: true }), anAction({ id: 'start.lab2', title: 'Start lab 2', isOnlyFound: true }),
  ];

  expect(findActions(actions, search).map(({ id }) => id)).toEqual(ids);
});
