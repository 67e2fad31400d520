import { expect, test } from 'vitest';
import { leaseId } from '#contract/leases.ts';
import type { DeviceProcess, Lease, LeasedDevice, LeaseHolder } from '#contract/leases.ts';
import { anInstance } from '../instances/anInstance.ts';
import { aGpu, aProcess, GIB, idOf } from './aGpu.ts';
import { toProcessRows, toSegments } from './deviceView.ts';

const aHolder = (name: string, kind: LeaseHolder['kind'] = 'run'): LeaseHolder => ({ kind, id: name, name });
const device: LeasedDevice = {
  gpuId: idOf(0), index: 0, name: 'Fake', totalBytes: 24 * GIB, driverFreeBytes: 10 * GIB, bookedBytes: 10 * GIB, reserveBytes: GIB, freeBytes: 9 * GIB, foreignBytes: 3 * GIB,
  exclusiveLeaseId: null, isLost: false, isDisplayAttached: false,
};
const aLease = (name: string, bytes: number, set: Partial<Lease> = {}): Lease => ({
  id: leaseId.parse(name), holder: aHolder(name), mode: 'shared', priority: 0, state: 'held', grantedAtMs: 0, shares: [{ gpuId: idOf(0), bytes, usedBytes: null, peakBytes: null, isDeviceLost: false }], ...set,
});
const inGib = (segments: ReturnType<typeof toSegments>): [string, number][] => segments.map(({ key, bytes }) => [key, bytes / GIB]);

test('the parts of a device fill it: leases by age, foreign, unknown, reserve, free', () => {
  const segments = toSegments(device, [aLease('late', 4 * GIB, { grantedAtMs: 2 }), aLease('early', 6 * GIB, { grantedAtMs: 1 })]);

  expect(inGib(segments)).toEqual([['early', 6], ['late', 4], ['foreign', 3], ['other', 1], ['reserve', 1], ['free', 9]]);
});

test('what an exclusive lease does not use is kept for it', () => {
  const only = aLease('only', 4 * GIB, { mode: 'exclusive' });

  const segments = toSegments({ ...device, freeBytes: 0, foreignBytes: 0, exclusiveLeaseId: only.id }, [only]);

  expect(inGib(segments)).toEqual([['only', 4], ['kept', 19], ['reserve', 1]]);
});

test('more promised than there is leaves no negative part', () => {
  const segments = toSegments({ ...device, freeBytes: 0, foreignBytes: 20 * GIB }, [aLease('big', 10 * GIB)]);

  expect(inGib(segments)).toEqual([['big', 10], ['foreign', 20]]);
});

test('a process is its instance’s by its run, a holder’s, or not ours; one that the ledger has not named waits', () => {
  const instance = anInstance({ name: 'ComfyUI', runId: 'run_1' });
  const owned = (pid: number, owner: DeviceProcess['owner']): DeviceProcess => ({ gpuId: idOf(0), pid, name: 'python', usedBytes: null, owner });
  const ledger = {
    takenAtMs: 0, devices: [], leases: [], waiting: [],
    processes: [owned(1, { kind: 'run', runId: 'run_1' }), owned(2, { kind: 'lease', leaseId: leaseId.parse('l'), holder: aHolder('llama', 'engine') }), owned(3, { kind: 'foreign' })],
  };
  const gpu = aGpu({ processes: [1, 2, 3, 4].map((pid) => aProcess({ pid, usedBytes: (5 - pid) * GIB })) });

  const rows = toProcessRows(gpu, ledger, { runs: {}, instances: { [instance.id]: instance } });

  expect(rows.map(({ pid, owner }) => [pid, owner.kind])).toEqual([[1, 'instance'], [2, 'holder'], [3, 'foreign'], [4, 'waiting']]);
});
