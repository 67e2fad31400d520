import { expect, test } from 'vitest';
import { anInstance } from '../anInstance.ts';
import { extendTo, focusOn, moveFocus, noFocus, repairFocus, selectAll, toggleSelected } from './rowNavigation.ts';
import { planRows } from './rowPlan.ts';

const view = { sort: null, folded: [], filter: '' };
const rowsOf = (...names: string[]) => planRows(names.map((name) => anInstance({ name, group: 'G' })), view);
const rows = rowsOf('a', 'b', 'c', 'd');
const at = (key: string) => ({ focusKey: key, anchorKey: key, selected: new Set([key]) });

test.each([
  ['up', 'b', 'a'], ['up', 'a', 'group:G'], ['up', 'group:G', 'group:G'], ['down', 'd', 'd'], ['pageDown', 'a', 'c'], ['first', 'd', 'group:G'], ['last', 'a', 'd'],
] as const)('%s from %s goes to %s', (move, from, to) => {
  expect(moveFocus(rows, at(from), { move, isExtending: false, pageSize: 2 }).focusKey).toBe(to);
});

test('shift extends the selection from where it began, and shrinks it again', () => {
  const down = { move: 'down', isExtending: true, pageSize: 2 } as const;
  const extended = moveFocus(rows, moveFocus(rows, at('b'), down), down);
  const shrunk = moveFocus(rows, extended, { ...down, move: 'up' });

  expect([[...extended.selected], [...shrunk.selected]]).toEqual([['b', 'c', 'd'], ['b', 'c']]);
});

test('Ctrl A selects every instance, a toggle takes one out', () => {
  const all = selectAll(rows, at('b'));

  expect([...toggleSelected(all, 'c').selected]).toEqual(['a', 'b', 'd']);
});

test('when the focused row goes, the one that took its place gets the focus', () => {
  const repaired = repairFocus(rows, rowsOf('a', 'b', 'd'), at('c'));

  expect(repaired).toEqual(at('d'));
});

test('a change that touches neither focus nor selection keeps them as they are', () => {
  const focus = extendTo(rows, focusOn(rows[1] ?? { kind: 'instance', key: 'a', groupKey: '' }), 'c');

  expect(repairFocus(rows, rowsOf('a', 'b', 'c'), focus)).toBe(focus);
  expect(repairFocus(rows, [], at('c'))).toEqual(noFocus);
});
