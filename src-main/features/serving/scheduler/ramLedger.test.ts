import { expect, test } from 'vitest';
import { RamLedger } from './ramLedger.ts';

const GIB = 1024 ** 3;

/** An engine that booked so much and has so much in memory: its own, and mapped from files. */
interface Running { readonly booked: number; readonly own?: number; readonly mapped?: number }

function freeGib(availableGib: number, running: readonly Running[]): number {
  let availableBytes = 64 * GIB;
  const ledger = new RamLedger({ readRam: () => ({ totalBytes: 64 * GIB, availableBytes }), getReserveBytes: () => 4 * GIB });
  for (const { booked, own = 0, mapped = 0 } of running) {
    const booking = ledger.book(booked * GIB);
    booking?.setResident({ residentBytes: (own + mapped) * GIB, mappedFileBytes: mapped * GIB });
  }
  availableBytes = availableGib * GIB;
  return ledger.read().freeBytes / GIB;
}

test.each([
  { what: 'an empty machine', available: 62, running: [], free: 60 },
  { what: 'what others use', available: 30, running: [], free: 30 },
  { what: 'a booking that uses nothing yet', available: 62, running: [{ booked: 20 }], free: 40 },
  { what: 'a booking that uses nothing yet, beside others', available: 34, running: [{ booked: 20 }], free: 14 },
  { what: 'weights of its own are missing already', available: 34, running: [{ booked: 20, own: 20 }], free: 34 },
  { what: 'mapped weights are available for the system, not for another model', available: 34, running: [{ booked: 20, mapped: 20 }], free: 14 },
  { what: 'mapped weights and a cache of its own', available: 34, running: [{ booked: 20, own: 5, mapped: 15 }], free: 19 },
  { what: 'a load on its way', available: 34, running: [{ booked: 20, own: 1, mapped: 4 }], free: 15 },
  { what: 'weights that the system has dropped', available: 34, running: [{ booked: 20, own: 5 }], free: 19 },
  { what: 'more of its own than it booked', available: 20, running: [{ booked: 10, own: 15 }], free: 20 },
  { what: 'two, one of each kind', available: 34, running: [{ booked: 10, mapped: 10 }, { booked: 10, own: 10 }], free: 24 },
  { what: 'more promised than there is', available: 10, running: [{ booked: 20, mapped: 20 }], free: 0 },
])('free RAM with $what', ({ available, running, free }) => {
  expect(freeGib(available, running)).toBe(free);
});

test('what is booked and what is free are never more than there is', () => {
  let availableBytes = 60 * GIB;
  const ledger = new RamLedger({ readRam: () => ({ totalBytes: 64 * GIB, availableBytes }), getReserveBytes: () => 4 * GIB });
  const first = ledger.book(40 * GIB);
  first?.setResident({ residentBytes: 40 * GIB, mappedFileBytes: 38 * GIB });
  availableBytes -= 2 * GIB;

  expect([ledger.read().freeBytes / GIB, ledger.book(21 * GIB), ledger.book(20 * GIB) === null]).toEqual([20, null, false]);
  first?.[Symbol.dispose]();
  expect(ledger.bookedBytes / GIB).toBe(20);
});
