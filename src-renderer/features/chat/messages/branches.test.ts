import { expect, test } from 'vitest';
import { aMessage } from '../aMessage.ts';
import { countBranch, findCompared, findLeaf, listPath, listSiblings } from './branches.ts';
import { findRow, RowBuilder } from './messageRows.ts';

const question = aMessage({ id: 'q1', role: 'user', content: 'Red?' });
const answer = aMessage({ id: 'a1', parentId: 'q1', content: 'No.\n\nNever.' });
const again = aMessage({ id: 'a2', parentId: 'q1', content: 'Yes.' });
const rival = aMessage({ id: 'r1', parentId: 'q1', lane: 'compare', content: 'Perhaps.' });
const next = aMessage({ id: 'q2', role: 'user', parentId: 'a1', content: 'Why?' });
const reply = aMessage({ id: 'a3', parentId: 'q2', thinking: 'hm', status: 'streaming', content: 'Be' });
const tree = [question, answer, again, next, reply];

test('a branch leads from the first question to its end, beside its siblings', () => {
  expect(listPath(tree, 'a3').map(({ id }) => id)).toEqual(['q1', 'a1', 'q2', 'a3']);
  expect(listSiblings([...tree, rival], answer).map(({ id }) => id)).toEqual(['a1', 'a2']);
  expect([findLeaf(tree, answer).id, findLeaf(tree, again).id, findLeaf(tree, question).id]).toEqual(['a3', 'a2', 'a2']);
  expect([countBranch(tree, answer), countBranch(tree, question), findCompared(tree, question)]).toEqual([3, 5, null]);
});

test('rows are the parts of each message, and the same objects while it does not change', () => {
  const builder = new RowBuilder();
  const before = builder.build(listPath(tree, 'a3'), tree);

  const grown = { ...reply, content: 'Because' };
  const after = builder.build([question, answer, next, grown], [question, answer, again, next, grown]);

  expect(before.map(({ key }) => key)).toEqual(['q1 question', 'a1 head', 'a1 0', 'a1 1', 'a1 foot', 'q2 question', 'a3 head', 'a3 thinking', 'a3 0', 'a3 foot']);
  expect(after.slice(0, 6).every((row, index) => row === before[index])).toBe(true);
  expect(after.map(({ key }) => key)).toEqual(before.map(({ key }) => key));
});

test('two answers of one question are one row', () => {
  const rows = new RowBuilder().build([question, answer], [question, answer, rival]);

  expect(rows.map(({ kind }) => kind)).toEqual(['question', 'pair']);
  expect([findRow(rows, answer), findRow(rows, rival), findRow(rows, next), findRow(rows, undefined)]).toEqual([1, 1, -1, -1]);
});
