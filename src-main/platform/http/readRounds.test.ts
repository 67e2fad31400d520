import { expect, test } from 'vitest';
import { FakeClock } from '../../../test/fakes/facts/fakeClock.ts';
import { FEWEST_STREAMS, READ_ROUND_MS, ReadRounds } from './readRounds.ts';

class FakeGate {
  isHeld = false;
  hold(): void { this.isHeld = true; }
  release(): void { this.isHeld = false; }
}

async function readPieces({ streams, pieces, apartMs }: { streams: number; pieces: number; apartMs: number }): Promise<{ clock: FakeClock; rounds: ReadRounds; gates: FakeGate[] }> {
  const clock = new FakeClock();
  const rounds = new ReadRounds(clock);
  const gates = Array.from({ length: streams }, () => new FakeGate());
  for (let piece = 0; piece < pieces; piece += 1) {
    if (piece > 0) await clock.advance(apartMs);
    for (const gate of gates) rounds.notePiece(gate);
  }
  return { clock, rounds, gates };
}

test.each([
  { name: 'many fast streams wait for a round', streams: FEWEST_STREAMS, pieces: 5, held: FEWEST_STREAMS },
  { name: 'the first pieces of many streams do not', streams: FEWEST_STREAMS, pieces: 4, held: 0 },
  { name: 'few fast streams do not', streams: FEWEST_STREAMS - 1, pieces: 50, held: 0 },
])('$name', async ({ streams, pieces, held }) => {
  const { gates } = await readPieces({ streams, pieces, apartMs: 5 });

  expect(gates.filter((gate) => gate.isHeld)).toHaveLength(held);
});

test('streams that others fell silent beside are read as they come', async () => {
  const { clock, rounds, gates } = await readPieces({ streams: FEWEST_STREAMS, pieces: 20, apartMs: 5 });
  const last = gates[0] ?? new FakeGate();

  await clock.advance(20);
  rounds.notePiece(last);

  expect(last.isHeld).toBe(false);
});

test('all are read again after a round, and what has ended at once', async () => {
  const { clock, rounds, gates } = await readPieces({ streams: FEWEST_STREAMS, pieces: 5, apartMs: 5 });

  for (const gate of gates.slice(0, 1)) rounds.forget(gate);
  const atEnd = gates.map((gate) => gate.isHeld);
  await clock.advance(READ_ROUND_MS);

  expect([atEnd, gates.some((gate) => gate.isHeld), clock.pendingCount]).toEqual([[false, true, true, true], false, 0]);
});
