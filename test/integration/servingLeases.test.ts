import { afterEach, beforeEach, expect, test } from 'vitest';
import type { GpuBooking } from '../../src-main/features/serving/scheduler/memoryPorts.ts';
import { LeaseGpuMemory } from '../../src-main/features/serving/scheduler/leaseGpuMemory.ts';
import { aGpu, aHolder, aProcess, GIB, uuid } from '../fakes/facts/aGpu.ts';
import { GpuWorld } from '../support/gpuWorld.ts';

const PID = 77;
const MODEL = { id: 'load_1', name: 'm' };

let world: GpuWorld;
let memory: LeaseGpuMemory;

beforeEach(() => {
  world = new GpuWorld({ gpus: [aGpu({ n: 0 }), aGpu({ n: 1 }), aGpu({ n: 2 })] });
  memory = new LeaseGpuMemory({ leases: world.service, readings: world });
});
afterEach(() => {
  world.service.stop();
  expect([world.didRead.hasListeners, world.clock.pendingCount]).toEqual([false, 0]);
});

async function book(...gibByDevice: [n: number, gib: number][]): Promise<GpuBooking> {
  const result = await memory.book(gibByDevice.map(([n, gib]) => ({ gpuId: uuid(n), bytes: gib * GIB })), MODEL);
  if (result.kind === 'refused') throw new Error(result.refusal.reason);
  return result.booking;
}

/** The engine's process takes so much of each device. */
function use(...gibByDevice: number[]): void {
  world.gpus = gibByDevice.map((gib, n) => aGpu({ n, usedBytes: gib * GIB, processes: gib === 0 ? [] : [aProcess({ pid: PID, usedBytes: gib * GIB })] }));
}

const freeOf = (): number[] => memory.devices.map(({ freeBytes }) => freeBytes / GIB);

test('a split is booked on each device once, before its process uses it and after', async () => {
  const booking = await book([0, 20], [1, 10]);
  const booked = freeOf();
  booking.ownPids([PID]);
  use(18, 10, 0);
  await world.tick();
  const [inUse, usedBytes] = [freeOf(), booking.readUsedBytes()];
  booking[Symbol.dispose]();
  use(0, 0, 0);
  await world.tick();

  expect({ booked, inUse, usedGib: (usedBytes ?? 0) / GIB, after: freeOf(), leases: world.service.ledger().leases }).toEqual({ booked: [4, 14, 24], inUse: [4, 14, 24], usedGib: 28, after: [24, 24, 24], leases: [] });
});

test.each([
  { what: 'on one device', shares: [[1, 20]], used: [0, 12, 0], free: [24, 11.9, 24] },
  { what: 'split over two', shares: [[0, 20], [2, 10]], used: [12, 0, 8], free: [11.9, 24, 15.9] },
] as const)('a model $what settles on what its process really uses', async ({ shares, used, free }) => {
  const booking = await book(...shares.map(([n, gib]): [number, number] => [n, gib]));
  booking.ownMark('engine_1');
  world.marks.set(PID, { name: 'llama-server', mark: 'engine_1' });
  use(...used);
  await world.tick();

  const settledBytes = await booking.settle();

  expect({ settledGib: (settledBytes ?? 0) / GIB, free: freeOf().map((gib) => Math.round(gib * 10) / 10) }).toEqual({ settledGib: used.reduce<number>((sum, gib) => sum + gib, 0), free });
  booking[Symbol.dispose]();
});

test('the engine sees the devices in the order of its parts, wherever the most is free', async () => {
  await world.service.request({ bytes: 8 * GIB, placement: { kind: 'uuid', gpuIds: [uuid(2)] } }, aHolder('other'));
  const orders: (string | undefined)[] = [];
  for (const shares of [[[2, 10], [0, 4]], [[0, 4], [2, 10], [1, 1]]] as const) {
    const booking = await book(...shares.map(([n, gib]): [number, number] => [n, gib]));
    orders.push(booking.environment['CUDA_VISIBLE_DEVICES']);
    booking[Symbol.dispose]();
  }

  expect(orders).toEqual([[2, 0], [0, 2, 1]].map((order) => order.map(uuid).join(',')));
});

test('what a load holds on a device is what it booked or what it uses, whichever is more', async () => {
  const booking = await book([0, 20], [1, 10]);
  booking.ownPids([PID]);
  use(18, 12, 0);
  await world.tick();

  expect(memory.devices.map(({ heldBytes }) => (heldBytes.get(MODEL.id) ?? 0) / GIB)).toEqual([20, 12, 0]);
  booking[Symbol.dispose]();
});

test('until the driver has answered, nothing is known of its devices', async () => {
  const before = memory.isKnown;
  world.state = 'slow';
  world.gpus = [];
  await world.tick();
  const silent = memory.isKnown;
  world.state = 'absent';
  await world.tick();

  expect([before, silent, memory.isKnown]).toEqual([false, false, true]);
});

test('where one part is refused, nothing is held', async () => {
  await world.service.request({ bytes: 20 * GIB, placement: { kind: 'uuid', gpuIds: [uuid(1)] } }, aHolder('other'));

  const result = await memory.book([{ gpuId: uuid(0), bytes: 10 * GIB }, { gpuId: uuid(1), bytes: 10 * GIB }], MODEL);

  expect([result.kind, freeOf(), memory.devices[1]?.holders]).toEqual(['refused', [24, 4, 24], ['other']]);
});
