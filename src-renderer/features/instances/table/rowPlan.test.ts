import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anInstance } from '../anInstance.ts';
import { areSameRows, matchesFilter, planRows, type TableRow } from './rowPlan.ts';

const view = { sort: { column: 'name' as const, isDescending: false }, folded: [] as string[], filter: '' };

function show(rows: readonly TableRow[]): string[] {
  return rows.map((row) => (row.kind === 'group' ? `${row.isFolded ? '▸' : '▾'} ${row.title ?? '–'} ${String(row.runningCount)}/${String(row.memberIds.length)}` : row.key));
}

test('instances stand under their own group, else their category, the nameless last', () => {
  const rows = planRows([
    anInstance({ name: 'loose', category: null }), anInstance({ name: 'b', group: 'Image', status: 'started' }),
    anInstance({ name: 'a10', category: 'Image' }), anInstance({ name: 'a9', category: 'Image' }), anInstance({ name: 'lab', category: 'Notebooks' }),
  ], view);

  expect(show(rows)).toEqual(['▾ Image 1/3', 'a9', 'a10', 'b', '▾ Notebooks 0/1', 'lab', '▾ – 0/1', 'loose']);
});

test('a folded group shows its heading only, and a filter unfolds it', () => {
  const instances = [anInstance({ name: 'alpha', group: 'G' }), anInstance({ name: 'beta', group: 'G' })];
  const folded = { ...view, folded: ['group:G'] };

  expect(show(planRows(instances, folded))).toEqual(['▸ G 0/2']);
  expect(show(planRows(instances, { ...folded, filter: 'bet' }))).toEqual(['▾ G 0/1', 'beta']);
});

test('sorting by uptime puts what runs longest last when ascending and what does not run last either way', () => {
  const instances = [
    anInstance({ name: 'new', status: 'started', startedAtMs: 900 }), anInstance({ name: 'old', status: 'started', startedAtMs: 100 }), anInstance({ name: 'off', startedAtMs: 500 }),
  ];
  const names = (isDescending: boolean) => planRows(instances, { ...view, sort: { column: 'uptime', isDescending } }).slice(1).map(({ key }) => key);

  expect([names(false), names(true)]).toEqual([['new', 'old', 'off'], ['old', 'new', 'off']]);
});

test.each([
  ['COMFY', true], ['comfy err', true], ['comfy started', false], [':19001', true], ['  ', true], ['gpu_memory', true],
])('the filter %j matches: %j', (filter, isMatch) => {
  expect(matchesFilter(anInstance({ name: 'ComfyUI', status: 'error', cause: 'out_of_gpu_memory', portSetting: 19001 }), filter)).toBe(isMatch);
});

test('every matching instance stands in exactly one group, whatever the names', () => {
  const facts = fc.array(fc.record({ name: fc.string({ minLength: 1, maxLength: 8 }), group: fc.option(fc.string({ maxLength: 4 })) }), { maxLength: 40 });
  fc.assert(fc.property(facts, (list) => {
    const instances = list.map(({ name, group }, index) => anInstance({ id: `i${String(index)}`, name, slug: 's', group: group?.trim() ?? null }));
    const keys = planRows(instances, view).filter(({ kind }) => kind === 'instance').map(({ key }) => key);
    expect(keys.toSorted()).toEqual(instances.map(({ id }) => String(id)).toSorted());
  }));
});

test('a change that shows in no heading and moves no row leaves the plan the same', () => {
  const before = planRows([anInstance({ name: 'a' })], view);

  expect(areSameRows(before, planRows([anInstance({ name: 'a', notes: 'new' })], view))).toBe(true);
  expect(areSameRows(before, planRows([anInstance({ name: 'a', status: 'started' })], view))).toBe(false);
});
