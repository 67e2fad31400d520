import { expect, test } from 'vitest';
import { FakeClock } from '../../../../../test/fakes/facts/fakeClock.ts';
import { WritePace } from './writePace.ts';
import { ROUND_MS, WriteRounds } from './writeRounds.ts';

/** Which of the pieces, so far apart, are written at once. */
function listFree(count: number, apartMs: number): boolean[] {
  const pace = new WritePace();
  return Array.from({ length: count }, (_, index) => {
    const isFree = pace.isFree(index * apartMs);
    if (isFree) pace.noteWrite(index * apartMs);
    return isFree;
  });
}

test.each([
  { name: 'pieces a round apart never wait', apartMs: ROUND_MS, waiting: 0 },
  { name: 'pieces that come slower never wait', apartMs: 20, waiting: 0 },
  { name: 'of pieces that come ten times as fast one in ten is written by itself, after the first few', apartMs: ROUND_MS / 10, waiting: 100 - 4 - 9 },
])('$name', ({ apartMs, waiting }) => {
  const free = listFree(100, apartMs);

  expect(free.slice(0, 4)).toEqual([true, true, true, true]);
  expect(Math.abs(free.filter((isFree) => !isFree).length - waiting)).toBeLessThanOrEqual(1);
});

test('all that wait are written in the same round, once, and what was taken back is not', async () => {
  const clock = new FakeClock();
  const rounds = new WriteRounds(clock);
  const written: string[] = [];
  const flushes = ['a', 'b', 'c'].map((name) => () => { written.push(name); });

  for (const flush of [...flushes, ...flushes]) rounds.add(flush);
  for (const flush of flushes.slice(1, 2)) rounds.remove(flush);
  await clock.advance(ROUND_MS);
  await clock.advance(ROUND_MS);

  expect(written).toEqual(['a', 'c']);
});
