import { expect, test } from 'vitest';
import { leaseId } from '#contract/leases.ts';
import { aGpu, aHolder, aProcess, GIB, uuid } from '../../../../test/fakes/facts/aGpu.ts';
import { DeviceLedger } from './deviceLedger.ts';
import { createShare, type LeaseRecord } from './leaseRecord.ts';

const PID = 77;

function aRecord(id: string, gibByDevice: readonly number[], set: Partial<LeaseRecord> = {}): LeaseRecord {
  return {
    id: leaseId.parse(id), holder: aHolder('m', 'engine'), mode: 'shared', priority: 0, state: 'held', marks: new Set(), pids: new Set(), grantedAtMs: 0,
    shares: gibByDevice.flatMap((gib, n) => (Number.isNaN(gib) ? [] : [createShare(uuid(n), gib * GIB)])), ...set,
  };
}

function aLedger(records: readonly LeaseRecord[], usedGib: readonly number[]): DeviceLedger {
  const ledger = new DeviceLedger({ getReserveBytes: () => 0 });
  for (const record of records) ledger.put(record);
  ledger.take({ state: 'ok', takenAtMs: 1, gpus: usedGib.map((gib, n) => aGpu({ n, usedBytes: gib * GIB, processes: [aProcess({ pid: PID, usedBytes: gib * GIB })] })) });
  return ledger;
}

const usedOf = (ledger: DeviceLedger): (number | null)[][] => ledger.describe().leases.map(({ shares }) => shares.map(({ usedBytes }) => (usedBytes === null ? null : usedBytes / GIB)));
const freeOf = (ledger: DeviceLedger): number[] => ledger.describe().devices.map(({ freeBytes }) => freeBytes / GIB);
const none = Number.NaN;

test.each([
  ['its process', { pids: new Set([PID]) }],
  ['its mark', { marks: new Set(['engine_1']) }],
])('a holder with a lease for each of its devices is found on every one of them by %s, and nothing counts twice', (_what, known) => {
  const ledger = aLedger([aRecord('view', [0, 0], known), aRecord('part_0', [20], known), aRecord('part_1', [none, 10], known)], [18, 10]);
  ledger.setOwners([PID], new Map([[PID, { name: 'llama-server', mark: 'engine_1' }]]));

  expect({ used: usedOf(ledger), free: freeOf(ledger) }).toEqual({ used: [[null, null], [18], [10]], free: [4, 14] });
});

test('a process on a device that its holder has no lease of still is the holder\'s', () => {
  const ledger = aLedger([aRecord('part_0', [20], { pids: new Set([PID]) })], [18, 2]);

  expect(ledger.describe().processes.map(({ owner }) => owner.kind)).toEqual(['lease', 'lease']);
});
