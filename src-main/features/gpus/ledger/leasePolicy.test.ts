import { expect, test } from 'vitest';
import { leaseId, leaseNeed } from '#contract/leases.ts';
import { aHolder, GIB, uuid } from '../../../../test/fakes/facts/aGpu.ts';
import { openBook, type Booking, type DeviceBook, type DeviceFacts } from './deviceBook.ts';
import { decideLease, orderQueue, planQueue } from './leasePolicy.ts';

const aDevice = (n: number, set: Partial<DeviceFacts> = {}): DeviceFacts => ({ id: uuid(n), index: n, name: 'Fake', vendor: 'nvidia', totalBytes: 24 * GIB, driverFreeBytes: 24 * GIB, isDisplayAttached: false, isBookable: true, isLost: false, ...set });
const aBooking = (set: Partial<Booking> = {}): Booking => ({ leaseId: leaseId.parse('lease'), gpuId: uuid(0), holder: aHolder('a'), priority: 0, bytes: 10 * GIB, usedBytes: 0, isExclusive: false, ...set });
const book = (facts: DeviceFacts, ...bookings: Booking[]): DeviceBook => openBook(facts, 0, bookings);
const decide = (need: Parameters<typeof leaseNeed.parse>[0], books: DeviceBook[], claimed: DeviceFacts['id'][] = []) => decideLease(leaseNeed.parse(need), { books, driver: 'ok', claimed: new Set(claimed) });

test.each([
  ['an empty card', {}, [], 24],
  ['what the driver says is in use', { driverFreeBytes: 20 * GIB }, [], 20],
  ['a booking that uses nothing yet', {}, [aBooking()], 14],
  ['a booking in full use is not counted twice', { driverFreeBytes: 14 * GIB }, [aBooking({ usedBytes: 10 * GIB })], 14],
  ['a booking half in use', { driverFreeBytes: 19 * GIB }, [aBooking({ usedBytes: 5 * GIB })], 14],
  ['a foreign process beside an unused booking', { driverFreeBytes: 14 * GIB }, [aBooking()], 4],
  ['a lease that uses more than it booked', { driverFreeBytes: 12 * GIB }, [aBooking({ usedBytes: 12 * GIB })], 12],
  ['more promised than there is', { driverFreeBytes: 1 * GIB }, [aBooking()], 0],
  ['a driver that says nothing sensible', { driverFreeBytes: null }, [aBooking()], 14],
  ['an exclusive lease', {}, [aBooking({ isExclusive: true, bytes: GIB })], 0],
  ['a device off the bus', { isLost: true }, [], 0],
])('free memory with %s', (_name, set, bookings, freeGib) => {
  expect(book(aDevice(0, set), ...bookings).freeBytes / GIB).toBe(freeGib);
});

test('the reserve is kept from leases, not from the driver', () => {
  expect([openBook(aDevice(0), GIB, []).freeBytes / GIB, openBook(aDevice(0, { driverFreeBytes: 10 * GIB }), GIB, []).freeBytes / GIB]).toEqual([23, 10]);
});

const small = book(aDevice(0, { totalBytes: 8 * GIB, driverFreeBytes: 8 * GIB }));
const display = book(aDevice(1, { totalBytes: 12 * GIB, driverFreeBytes: 11 * GIB, isDisplayAttached: true }));
const busy = book(aDevice(2), aBooking({ gpuId: uuid(2), bytes: 4 * GIB }));
const large = book(aDevice(3));
const four = [small, display, busy, large];

test.each([
  ['the smallest that fits', { bytes: 9 * GIB }, [2]],
  ['the smallest, if everything fits', { bytes: GIB }, [0]],
  ['most free', { bytes: GIB, placement: { kind: 'auto', order: 'most_free' } }, [3]],
  ['spread goes where nobody is', { bytes: 9 * GIB, placement: { kind: 'auto', order: 'spread' } }, [3]],
  ['pack goes where somebody is', { bytes: GIB, placement: { kind: 'auto', order: 'pack' } }, [2]],
  ['two devices', { bytes: 9 * GIB, deviceCount: 2 }, [2, 3]],
  ['the display only when nothing else is left', { bytes: 9 * GIB, deviceCount: 3 }, [2, 3, 1]],
  ['the display when it is named', { bytes: GIB, placement: { kind: 'uuid', gpuIds: [uuid(1)] } }, [1]],
  ['by index', { bytes: GIB, placement: { kind: 'index', indices: [3] } }, [3]],
  ['all that are named are seen, those with the bytes first', { bytes: 9 * GIB, placement: { kind: 'uuid', gpuIds: [uuid(0), uuid(3)] } }, [3, 0]],
  ['all that are named and taken keep the order of their names', { bytes: GIB, deviceCount: 3, placement: { kind: 'uuid', gpuIds: [uuid(2), uuid(0), uuid(3)] } }, [2, 0, 3]],
  ['a device for itself is an empty one', { bytes: 0, mode: 'exclusive', placement: { kind: 'auto', order: 'pack' } }, [0]],
])('%s', (_name, need, expected) => {
  const decision = decide(need, four);

  expect(decision.kind === 'grant' ? decision.shares.map(({ gpuId }) => gpuId) : decision).toEqual(expected.map(uuid));
});

test.each([
  ['more than any device has never fits', { bytes: 30 * GIB }, four, { kind: 'impossible', reason: 'never_fits' }],
  ['more devices than there are', { bytes: GIB, deviceCount: 9 }, four, { kind: 'impossible', reason: 'no_device' }],
  ['a vendor that is not there', { bytes: GIB, vendor: 'amd' }, four, { kind: 'impossible', reason: 'no_device' }],
  ['a device that is not there', { bytes: GIB, placement: { kind: 'uuid', gpuIds: [uuid(9)] } }, four, { kind: 'impossible', reason: 'unknown_device', unknown: [uuid(9)] }],
  ['a device that fell off the bus', { bytes: GIB, placement: { kind: 'index', indices: [0] } }, [book(aDevice(0, { isLost: true }))], { kind: 'impossible', reason: 'unknown_device' }],
  ['a card that is cut into instances', { bytes: GIB }, [book(aDevice(0, { isBookable: false }))], { kind: 'impossible', reason: 'no_device' }],
  ['too little free now', { bytes: 22 * GIB }, [busy], { kind: 'short', reason: 'not_enough_free' }],
  ['somebody else has it for itself', { bytes: GIB }, [book(aDevice(0), aBooking({ isExclusive: true }))], { kind: 'short', reason: 'exclusive_held' }],
  ['it wants to be alone and is not', { bytes: GIB, mode: 'exclusive' }, [busy], { kind: 'short', reason: 'not_exclusive' }],
])('%s', (_name, need, books, expected) => {
  expect(decide(need, books)).toMatchObject(expected);
});

test('a silent driver is waited for, an absent one is not', () => {
  const need = leaseNeed.parse({ bytes: GIB });
  const answers = (['slow', 'absent'] as const).map((driver) => decideLease(need, { books: [], driver, claimed: new Set() }));

  expect(answers).toMatchObject([{ kind: 'short', reason: 'driver_silent' }, { kind: 'impossible', reason: 'no_device' }]);
});

const waiting = (serial: number, set: { bytes: number; priority?: number; sinceMs?: number }) => ({ serial, sinceMs: set.sinceMs ?? 0, need: leaseNeed.parse({ bytes: set.bytes, priority: set.priority ?? 0 }) });

test('higher priorities go first, equal ones by arrival, and age makes up for priority', () => {
  const queue = [waiting(0, { bytes: 0 }), waiting(1, { bytes: 0, priority: 2 }), waiting(2, { bytes: 0, priority: 2 })];
  const late = [waiting(0, { bytes: 0, sinceMs: 0 }), waiting(1, { bytes: 0, priority: 2, sinceMs: 200_000 })];

  expect([orderQueue(queue, 0), orderQueue(late, 200_000)].map((order) => order.map(({ serial }) => serial))).toEqual([[1, 2, 0], [0, 1]]);
});

test('a small request does not slip past a large one that waits for the same device, but takes another', () => {
  const one = book(aDevice(5), aBooking({ bytes: 12 * GIB }));
  const plan = (books: DeviceBook[]) => planQueue([waiting(0, { bytes: 20 * GIB }), waiting(1, { bytes: GIB })], { books, driver: 'ok' }, (request, share) => aBooking({ ...share, leaseId: leaseId.parse(`l${request.serial}`) }))
    .decisions.map(({ decision }) => (decision.kind === 'short' ? decision.reason : decision.kind));

  expect([plan([one]), plan([one, small])]).toEqual([['not_enough_free', 'queued_behind'], ['not_enough_free', 'grant']]);
});

test('two grants of one step do not take the same memory', () => {
  const { decisions } = planQueue([waiting(0, { bytes: 14 * GIB }), waiting(1, { bytes: 14 * GIB })], { books: [large], driver: 'ok' }, (request, share) => aBooking({ ...share, leaseId: leaseId.parse(`l${request.serial}`) }));

  expect(decisions.map(({ decision }) => decision.kind)).toEqual(['grant', 'short']);
});
