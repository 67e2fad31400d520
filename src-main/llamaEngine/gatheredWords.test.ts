import { expect, test } from 'vitest';
import { GatheredWords } from './gatheredWords.ts';

const sayAs = (source: string) => (words: string): object => ({ source, words });

test('words of one source become one event that knows of how many pieces it is', () => {
  const gathered = new GatheredWords();

  const before = ['The', ' cat', ' sat'].map((words) => gathered.add('content', words, sayAs('content')));

  expect([before, gathered.take(), gathered.take()]).toEqual([[null, null, null], { data: { source: 'content', words: 'The cat sat' }, pieceCount: 3 }, null]);
});

test('words of another source go behind those that came before them', () => {
  const gathered = new GatheredWords();
  gathered.add('thoughts', 'Hm', sayAs('thoughts'));
  gathered.add('thoughts', ' yes', sayAs('thoughts'));

  const before = gathered.add('content', 'Yes.', sayAs('content'));

  expect([before, gathered.take()]).toEqual([
    { data: { source: 'thoughts', words: 'Hm yes' }, pieceCount: 2 },
    { data: { source: 'content', words: 'Yes.' }, pieceCount: 1 },
  ]);
});
