import { describe, expect, test } from 'vitest';
import { moveFocus, toGridLines } from './gridRows.ts';

const rows = [{ id: 'b', size: 2 }, { id: 'a', size: null }, { id: 'c', size: 10 }];
const plan = { groups: [{ key: 'g', title: 'Group', rows }], folded: [], keyOf: ({ id }: { id: string }) => id, sortBy: ({ size }: { size: number | null }) => size, isDescending: false };
const keys = (lines: readonly { key: string }[]): string[] => lines.map(({ key }) => key);

describe('the lines of a grouped table', () => {
  test('rows stand sorted under their heading, and what has no value comes last in both directions', () => {
    expect(keys(toGridLines(plan))).toEqual(['group:g', 'b', 'c', 'a']);
    expect(keys(toGridLines({ ...plan, isDescending: true }))).toEqual(['group:g', 'c', 'b', 'a']);
  });

  test('a folded group keeps its heading and its count', () => {
    expect(toGridLines({ ...plan, folded: ['g'] })).toMatchObject([{ kind: 'group', count: 3, isFolded: true }]);
  });

  test('a group without a title has no heading, and without a sort the order is kept', () => {
    expect(keys(toGridLines({ ...plan, groups: [{ key: 'g', title: '', rows }], sortBy: null }))).toEqual(['b', 'a', 'c']);
  });
});

test.each([['ArrowDown', 0, 1], ['ArrowUp', 0, 0], ['End', 0, 4], ['Home', 3, 0], ['PageDown', 1, 4], ['ArrowDown', 4, 4], ['x', 1, null]])('%s from line %i leads to %s', (key, at, target) => {
  expect(moveFocus(key, at, 5, 10)).toBe(target);
});
