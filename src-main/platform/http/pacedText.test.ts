import { expect, test } from 'vitest';
import { FakeClock } from '../../../test/fakes/facts/fakeClock.ts';
import { PacedText } from './pacedText.ts';
import { FAST_MS, WritePace } from './writePace.ts';
import { LONG_ROUND_MS, MANY_STREAMS, ROUND_MS, WriteRounds } from './writeRounds.ts';

/** Which of the pieces, so far apart, are written at once. */
function listFree(count: number, apartMs: number): boolean[] {
  const pace = new WritePace();
  return Array.from({ length: count }, (_, index) => pace.takePiece(index * apartMs));
}

test.each([
  { name: 'pieces that come slower than fast never wait', apartMs: FAST_MS + 1, waiting: 0 },
  { name: 'pieces twenty milliseconds apart never wait', apartMs: 20, waiting: 0 },
  { name: 'of pieces that come fast all wait but the first few', apartMs: FAST_MS - 1, waiting: 96 },
  { name: 'of pieces that come at once all wait but the first few', apartMs: 0, waiting: 96 },
])('$name', ({ apartMs, waiting }) => {
  const free = listFree(100, apartMs);

  expect([free.slice(0, 4), free.filter((isFree) => !isFree).length]).toEqual([[true, true, true, true], waiting]);
});

test('a stream that was fast and pauses begins with a piece that does not wait', () => {
  const pace = new WritePace();
  for (let atMs = 0; atMs < 100; atMs += 1) pace.takePiece(atMs);

  expect([pace.takePiece(200), pace.takePiece(201), pace.takePiece(300), pace.takePiece(400), pace.takePiece(401)]).toEqual([true, false, true, true, false]);
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

test('the round behind one with many streams is a long one, and the next behind one with few is not', async () => {
  const clock = new FakeClock();
  const rounds = new WriteRounds(clock);
  const writtenAtMs: number[] = [];
  const write = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) rounds.add(() => { writtenAtMs.push(clock.monotonicMs()); });
    while (clock.pendingCount > 0) await clock.advance(1);
  };

  await write(MANY_STREAMS);
  await write(MANY_STREAMS - 1);
  await write(1);

  const ends = [ROUND_MS, ROUND_MS + LONG_ROUND_MS, ROUND_MS + LONG_ROUND_MS + ROUND_MS];
  expect([...new Set(writtenAtMs)]).toEqual(ends);
});

test('the first pieces go out at once, those that follow fast together, and the end takes what is left', async () => {
  const clock = new FakeClock();
  const sent: string[] = [];
  const text = new PacedText({ clock, rounds: new WriteRounds(clock), send: (piece) => { sent.push(piece); } });

  for (const piece of ['a', 'b', 'c', 'd', 'e', 'f']) text.write(piece);
  const before = [...sent];
  await clock.advance(ROUND_MS);
  text.write('g');
  text.write('h');
  const left = text.take();
  await clock.advance(ROUND_MS);

  expect([before, sent, left, clock.pendingCount]).toEqual([['a', 'b', 'c', 'd'], ['a', 'b', 'c', 'd', 'ef', 'g'], 'h', 0]);
});

test('no more than a few pages wait for a round', () => {
  const sent: string[] = [];
  const clock = new FakeClock();
  const text = new PacedText({ clock, rounds: new WriteRounds(clock), send: (piece) => { sent.push(piece); } });

  for (let index = 0; index < 40; index += 1) text.write('x'.repeat(1_024));

  expect([sent.length, text.take().length < 17 * 1_024]).toEqual([4 + 2, true]);
});
