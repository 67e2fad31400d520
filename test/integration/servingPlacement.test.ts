import { expect, test } from 'vitest';
import type { ModelConfigSettings } from '#contract/modelConfigs.ts';
import { GIB, uuid } from '../fakes/facts/aGpu.ts';
import { aConfig } from '../fakes/serving/aModel.ts';
import { aPlan } from '../support/servingWorld.ts';
import { choosePlacement } from '../../src-main/features/serving/scheduler/placementPolicy.ts';
import { RAM, type Occupant, type Room, type RoomId } from '../../src-main/features/serving/scheduler/roomPolicy.ts';

interface Device { readonly capacity: number; readonly free?: number; readonly isDisplay?: boolean; readonly freeing?: number; readonly isLoading?: boolean; readonly occupants?: readonly (Partial<Occupant> & { readonly gib: number })[] }

function aRoom(id: RoomId, { capacity, free = capacity, isDisplay = false, freeing = 0, isLoading = false, occupants = [] }: Device): Room {
  return {
    id, name: id, capacityBytes: capacity * GIB, freeBytes: free * GIB, freeingBytes: freeing * GIB, isLoading, isDisplayAttached: isDisplay, holders: [],
    occupants: occupants.map(({ gib, ...rest }, n) => ({ key: `${id.slice(-1)}.${n}`, kind: 'evictable', worth: 1, lastUsedAtMs: 0, ...rest, bytes: gib * GIB })),
  };
}

/** `0:10` is 10 GiB on device 0; `ram:4` likewise. */
function describe(gib: number, devices: readonly Device[], { set = {}, ram = { capacity: 64 }, recovery = 'none' as const, overhead = 0 }: { set?: Partial<ModelConfigSettings>; ram?: Device; recovery?: 'none' | 'cleared'; overhead?: number } = {}): string {
  const rooms = new Map<RoomId, Room>([...devices.map((device, n) => [uuid(n), aRoom(uuid(n), device)] as const), [RAM, aRoom(RAM, ram)]]);
  const decision = choosePlacement({ config: aConfig('m', set), recovery, plan: { ...aPlan({ gib }), deviceOverheadBytes: overhead * GIB } }, rooms);
  if (!('option' in decision)) return decision.kind;
  const { placement: { shares, ramBytes, gpuLayers }, assessment: { evict, busy } } = decision.option;
  const where = shares.map(({ gpuId, bytes }) => `${Number(gpuId.slice(-12))}:${Math.round(bytes / GIB)}`);
  return [decision.kind, ...where, ...(ramBytes > 0 ? [`ram:${Math.round(ramBytes / GIB)} with ${gpuLayers} layers`] : []), ...[...evict, ...busy].map((key) => `-${key}`)].join(' ');
}

const HELD = [{ gib: 10 }];

test.each([
  { what: 'the smallest single GPU that fits', devices: [{ capacity: 24 }, { capacity: 12 }, { capacity: 16 }], placed: 'place 1:10' },
  { what: 'one without a display, though it is larger', devices: [{ capacity: 12, isDisplay: true }, { capacity: 24 }], placed: 'place 1:10' },
  { what: 'the display\'s where no other fits', devices: [{ capacity: 12, isDisplay: true }, { capacity: 8 }], placed: 'place 0:10' },
  { what: 'one that needs no eviction', devices: [{ capacity: 12, free: 2, occupants: HELD }, { capacity: 24 }], placed: 'place 1:10' },
  { what: 'a single one with an eviction before a split', devices: [{ capacity: 12, free: 8, occupants: [{ gib: 4 }] }, { capacity: 8 }], placed: 'evict 0:10 -0.0' },
  { what: 'a split over the fewest', devices: [{ capacity: 6 }, { capacity: 6 }, { capacity: 6 }], placed: 'place 0:5 1:5' },
  { what: 'a split by the room that each has', devices: [{ capacity: 8 }, { capacity: 4 }], placed: 'place 0:7 1:3' },
  { what: 'partly RAM, with as many layers as fit', devices: [{ capacity: 6 }], placed: 'place 0:6 ram:4 with 6 layers' },
  { what: 'RAM alone where nothing fits on the GPU', devices: [{ capacity: 0.5 }], placed: 'place ram:10 with 0 layers' },
  { what: 'RAM where there is no GPU', devices: [], placed: 'place ram:10 with 0 layers' },
  { what: 'room that is on its way rather than a new eviction', devices: [{ capacity: 12, free: 2, freeing: 10 }, { capacity: 12, free: 2, occupants: HELD }], placed: 'wait 0:10' },
  { what: 'another GPU while one loads', devices: [{ capacity: 12, isLoading: true }, { capacity: 24 }], placed: 'place 1:10' },
  { what: 'a wait for the load on the only one', devices: [{ capacity: 24, isLoading: true }], placed: 'wait 0:10' },
  { what: 'a split by what is free where that is enough', devices: [{ capacity: 9, free: 6, occupants: [{ gib: 3 }] }, { capacity: 6 }], placed: 'place 0:5 1:5' },
  { what: 'a wait where only a split will do and one of the devices is busy', devices: [{ capacity: 6, free: 1, occupants: [{ gib: 5, kind: 'busy' as const }] }, { capacity: 6 }], placed: 'wait 0:5 1:5 -0.0' },
  { what: 'a wait for who is busy rather than the CPU', devices: [{ capacity: 12, free: 2, occupants: [{ gib: 10, kind: 'busy' as const }] }], placed: 'wait 0:10 -0.0' },
])('a model of 10 GiB gets $what', ({ devices, placed }) => {
  expect(describe(10, devices)).toBe(placed);
});

test.each([
  { what: 'pinned devices and no others', set: { gpuIds: [uuid(1)] }, devices: [{ capacity: 24 }, { capacity: 12 }], placed: 'place 1:10' },
  { what: 'no split where that is not wished', set: { splitMode: 'none' as const, mayUseRam: false }, devices: [{ capacity: 6 }, { capacity: 6 }], placed: 'impossible' },
  { what: 'the ratios that are set', set: { tensorSplit: [1, 1] }, devices: [{ capacity: 9 }, { capacity: 6 }], placed: 'place 0:5 1:5' },
  { what: 'each ratio on its own device, wherever the room is', set: { tensorSplit: [1, 3] }, devices: [{ capacity: 5.5 }, { capacity: 8 }], placed: 'place 0:3 1:8' },
  { what: 'each ratio on its own device, though a display is there', set: { tensorSplit: [1, 3] }, devices: [{ capacity: 5.5, isDisplay: true }, { capacity: 8 }], placed: 'place 0:3 1:8' },
  { what: 'the ratios in the order in which devices are named', set: { tensorSplit: [1, 3], gpuIds: [uuid(1), uuid(0)] }, devices: [{ capacity: 8 }, { capacity: 5.5 }], placed: 'place 1:3 0:8' },
  { what: 'the ratios of the devices that are there', set: { tensorSplit: [9, 3, 1], gpuIds: [uuid(7), uuid(1), uuid(0)] }, devices: [{ capacity: 5.5 }, { capacity: 8 }], placed: 'place 1:8 0:3' },
  { what: 'all devices that have a ratio and no others', set: { tensorSplit: [1, 1, 2] }, devices: [{ capacity: 6 }, { capacity: 6 }, { capacity: 6 }, { capacity: 6 }], placed: 'place 0:3 1:3 2:5' },
  { what: 'a wait rather than other ratios', set: { tensorSplit: [3, 1] }, devices: [{ capacity: 9, free: 5, occupants: [{ gib: 4, kind: 'busy' as const }] }, { capacity: 9 }], placed: 'wait 0:8 1:3 -0.0' },
  { what: 'as many layers as are set', set: { gpuLayers: 4 }, devices: [{ capacity: 24 }], placed: 'place 0:4 ram:6 with 4 layers' },
  { what: 'RAM alone where the devices that are named are gone', set: { gpuIds: [uuid(7)] }, devices: [{ capacity: 24 }], placed: 'place ram:10 with 0 layers' },
  { what: 'no GPU with no layers there', set: { gpuLayers: 0 }, devices: [{ capacity: 24 }], placed: 'place ram:10 with 0 layers' },
  { what: 'nothing where RAM may not be used and no GPU is large enough', set: { mayUseRam: false }, devices: [{ capacity: 6 }], placed: 'impossible' },
  { what: 'nothing while others hold what it needs', set: { mayUseRam: false }, devices: [{ capacity: 12, free: 2 }], placed: 'blocked' },
  { what: 'nothing while others hold what a split of it needs', set: { mayUseRam: false }, devices: [{ capacity: 6, free: 1 }, { capacity: 6 }], placed: 'blocked' },
  { what: 'nothing where a pinned model has what it needs', set: { mayUseRam: false }, devices: [{ capacity: 12, free: 2, occupants: [{ gib: 10, kind: 'pinned' as const }] }], placed: 'impossible' },
])('its configuration gives it $what', ({ set, devices, placed }) => {
  expect(describe(10, devices, { set })).toBe(placed);
});

test('each device of a split has room for its part and for what it takes for itself', () => {
  expect(describe(12, [{ capacity: 10 }, { capacity: 4 }], { overhead: 2 })).toBe('place 0:10 1:4');
});

test.each([
  { what: 'the one worth least', occupants: [{ gib: 5, worth: 9 }, { gib: 5, worth: 1 }], free: 6, evicted: ['1'] },
  { what: 'none that turns out not to be needed', occupants: [{ gib: 1, worth: 1 }, { gib: 8, worth: 2 }], free: 2, evicted: ['1'] },
  { what: 'several where one is not enough', occupants: [{ gib: 5, worth: 1 }, { gib: 5, worth: 2 }], free: 1, evicted: ['0', '1'] },
])('what is evicted is $what', ({ occupants, free, evicted }) => {
  const placed = describe(10, [{ capacity: 16, free, occupants }]);

  expect(placed.split(' ').filter((part) => part.startsWith('-')).map((part) => part.at(-1)).toSorted()).toEqual(evicted);
});

test('after an engine ran out of memory everything that can go from the device goes first', () => {
  expect(describe(10, [{ capacity: 24, free: 20, occupants: [{ gib: 2 }, { gib: 2, kind: 'busy' }] }], { recovery: 'cleared' }).startsWith('evict 0:10')).toBe(true);
});
