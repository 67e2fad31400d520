import { expect, test } from 'vitest';
import { RecentValues } from './recentValues.ts';

test('two who ask at once share one reading, and a failed one is not kept', async () => {
  const values = new RecentValues<number>(2);
  let readings = 0;
  const read = async (): Promise<number> => { readings += 1; return readings; };

  const shared = await Promise.all([values.getOrRead('a', read), values.getOrRead('a', read)]);
  const failed = await values.getOrRead('b', () => Promise.reject(new Error('gone'))).catch(() => 'failed');
  const again = await values.getOrRead('b', read);

  expect({ shared, failed, again }).toEqual({ shared: [1, 1], failed: 'failed', again: 2 });
});

test('who waited for a reading that was aborted reads for itself', async () => {
  const values = new RecentValues<string>(2);
  const first = Promise.withResolvers<string>();
  const aborted = values.getOrRead('a', () => first.promise).catch(() => 'aborted');
  const second = values.getOrRead('a', async () => 'own');

  first.reject(new Error('aborted'));

  expect(await Promise.all([aborted, second])).toEqual(['aborted', 'own']);
});

test('the one that was not asked for longest is dropped', async () => {
  const values = new RecentValues<number>(2);
  for (const key of ['a', 'b', 'a', 'c']) await values.getOrRead(key, async () => 1);

  expect(await Promise.all(['a', 'b'].map((key) => values.getOrRead(key, async () => 2)))).toEqual([1, 2]);
});
