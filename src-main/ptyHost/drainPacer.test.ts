import { expect, test } from 'vitest';
import { systemClock } from '../base/clock.ts';
import type { Pty } from '../platform/pty/nodePty.ts';
import { DrainPacer } from './drainPacer.ts';

const FLOOD_BYTES = 100_000;

function aCrowd(count: number): { pacer: DrainPacer; ptys: Pty[]; resting: Set<Pty>; endRests: () => void } {
  const rests: (() => void)[] = [];
  const resting = new Set<Pty>();
  const pacer = new DrainPacer({ clock: { ...systemClock, monotonicMs: () => 1_000, after: (_delayMs, call) => { rests.push(call); return () => undefined; } } });
  const ptys = Array.from({ length: count }, (_, pid) => {
    const pty: Pty = { pid, write: () => undefined, resize: () => undefined, hangUp: () => undefined, pause: () => { resting.add(pty); }, resume: () => { resting.delete(pty); } };
    return pty;
  });
  return { pacer, ptys, resting, endRests: () => { for (const end of rests.splice(0)) end(); } };
}

test('a few floods run at full speed', () => {
  const { pacer, ptys, resting } = aCrowd(4);
  for (let round = 0; round < 10; round += 1) for (const pty of ptys) pacer.take(pty, FLOOD_BYTES);
  expect(resting.size).toBe(0);
});

test('in a crowd every flood rests and is resumed, and a quiet terminal never rests', () => {
  const { pacer, ptys, resting, endRests } = aCrowd(10);
  const [quiet, ...floods] = ptys;
  for (let round = 0; round < 2; round += 1) for (const pty of floods) pacer.take(pty, FLOOD_BYTES);
  if (quiet) pacer.take(quiet, 100);
  expect(resting.size).toBe(9);
  expect([...resting]).not.toContain(quiet);
  endRests();
  expect(resting.size).toBe(0);
});
