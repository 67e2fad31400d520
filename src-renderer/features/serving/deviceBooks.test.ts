import { expect, test } from 'vitest';
import { ledger } from '#contract/leases.ts';
import type { WorkstationReading } from '#contract/workstation.ts';
import { aServedModel } from './aServedModel.ts';
import { numberNames, toDeviceBooks } from './deviceBooks.ts';

const device = (index: number, driverFreeBytes: number | null) => ({ gpuId: `GPU-${index}`, index, name: 'RTX', totalBytes: 100, driverFreeBytes, bookedBytes: 0, reserveBytes: 0, freeBytes: 30, foreignBytes: 5, exclusiveLeaseId: null, isLost: false, isDisplayAttached: false });
const lease = (name: string, shares: { gpuId: string; bytes: number; usedBytes: number | null }[]) => ({ id: `lease_${name}`, holder: { kind: 'engine', id: name, name }, mode: 'shared', priority: 0, state: 'held', shares: shares.map((share) => ({ ...share, peakBytes: null, isDeviceLost: false })), grantedAtMs: 0 });
const memory: WorkstationReading = { takenAtMs: 0, cpuPercent: 0, coreCount: 2, memoryTotalBytes: 1_000, memoryUsedBytes: 400, diskTotalBytes: null, diskFreeBytes: null };

test('each device says who holds how much, and what others have', () => {
  const books = toDeviceBooks({
    ledger: ledger.parse({ takenAtMs: 0, devices: [device(0, 40), device(1, null)], leases: [lease('a', [{ gpuId: 'GPU-0', bytes: 50, usedBytes: 45 }, { gpuId: 'GPU-1', bytes: 20, usedBytes: null }]), lease('visible', [{ gpuId: 'GPU-0', bytes: 0, usedBytes: null }])], waiting: [], processes: [] }),
    memory, models: [aServedModel('cpu', { state: 'ready', ramBytes: 100, measuredBytes: 90 }), aServedModel('a', { state: 'ready', gpuIds: ['GPU-0'], bookedBytes: 70 })],
  });

  expect(books.map(({ id, parts, otherBytes, freeBytes }) => ({ id, parts, otherBytes, freeBytes }))).toEqual([
    { id: 'GPU-0', parts: [{ name: 'a', bookedBytes: 50, usedBytes: 45 }], otherBytes: 15, freeBytes: 30 },
    { id: 'GPU-1', parts: [{ name: 'a', bookedBytes: 20, usedBytes: null }], otherBytes: 5, freeBytes: 30 },
    { id: 'ram', parts: [{ name: 'cpu', bookedBytes: 100, usedBytes: 90 }], otherBytes: 310, freeBytes: 600 },
  ]);
  expect([...numberNames(books)]).toEqual([['a', 0], ['cpu', 1]]);
});
