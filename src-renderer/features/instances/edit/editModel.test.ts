import { expect, test } from 'vitest';
import { anInstance } from '../anInstance.ts';
import { discardAll, discardCell, noEdits, reviewDrafts, setField, toEdits, undo } from './editModel.ts';

const lab = anInstance({ name: 'lab', status: 'started', portSetting: 19001 });
const desk = anInstance({ name: 'desk' });
const byId = { lab, desk };

test('several rows are edited in one step and reviewed old to new with what restarts', () => {
  const state = setField(setField(noEdits, [lab, desk], 'group', 'Mine'), [lab], 'port', 19005);
  const review = reviewDrafts(state.drafts, byId);

  expect(review).toMatchObject({ instanceCount: 2, restartCount: 1, conflictCount: 0 });
  expect(review.lines.map(({ instanceId, field, before, after, needsRestart }) => [instanceId, field, before, after, needsRestart])).toEqual([
    ['lab', 'group', null, 'Mine', false], ['lab', 'port', 19001, 19005, true], ['desk', 'group', null, 'Mine', false],
  ]);
  expect(toEdits(review)).toEqual([{ instance: 'lab', set: { group: 'Mine', port: 19005 } }, { instance: 'desk', set: { group: 'Mine' } }]);
});

test('undo walks back step by step, and discarding everything is one step', () => {
  const one = setField(noEdits, [lab], 'notes', 'a');
  const two = setField(one, [lab], 'notes', 'b');

  expect(undo(two).drafts).toEqual(one.drafts);
  expect(undo(discardAll(two)).drafts).toEqual(two.drafts);
  expect(undo(undo(undo(two)))).toEqual(noEdits);
});

test('typing the old value again takes the edit back', () => {
  const state = setField(setField(noEdits, [lab], 'port', 19005), [lab], 'port', 19001);

  expect(state.drafts).toEqual({});
});

test('one cell can be taken back alone', () => {
  const state = setField(setField(noEdits, [lab], 'port', 19005), [lab], 'notes', 'x');

  expect(discardCell(state, 'lab', 'port').drafts).toEqual({ lab: { notes: { base: '', value: 'x' } } });
});

test('a value that somebody else changed meanwhile is a conflict, unless it became the same', () => {
  const { drafts } = setField(noEdits, [lab], 'notes', 'mine');

  expect(reviewDrafts(drafts, { lab: { ...lab, notes: 'theirs' } }).lines).toMatchObject([{ before: 'theirs', after: 'mine', isConflict: true }]);
  expect(reviewDrafts(drafts, { lab: { ...lab, notes: 'mine' } }).lines).toEqual([]);
});

test('an instance that has gone takes its edits with it', () => {
  const { drafts } = setField(noEdits, [lab], 'notes', 'mine');

  expect(reviewDrafts(drafts, {}).lines).toEqual([]);
});

test('a stopped instance needs no restart for a new port', () => {
  const { drafts } = setField(noEdits, [desk], 'port', 19009);

  expect(reviewDrafts(drafts, byId).restartCount).toBe(0);
});
