import type { GpuId } from '#contract/ids.ts';
import type { Lease, LeaseHolder, LeaseId } from '#contract/leases.ts';
import type { Booking } from './deviceBook.ts';

/** A lease's part on one device, as the ledger keeps it. */
export interface ShareRecord {
  readonly gpuId: GpuId;
  readonly bytes: number;
  /** As the driver says; null while it says nothing. */
  readonly usedBytes: number | null;
  /** What decisions count: the driver's word, else what can be inferred, else 0. */
  readonly countedBytes: number;
  readonly peakBytes: number | null;
}

/** A lease as the ledger keeps it. Replaced as a whole, never changed in place. */
export interface LeaseRecord {
  readonly id: LeaseId;
  readonly holder: LeaseHolder;
  readonly mode: Lease['mode'];
  readonly priority: number;
  readonly state: Lease['state'];
  readonly shares: readonly ShareRecord[];
  /** Marks and processes that the holder named itself, beside its id. */
  readonly marks: ReadonlySet<string>;
  readonly pids: ReadonlySet<number>;
  readonly grantedAtMs: number;
}

export function createShare(gpuId: GpuId, bytes: number): ShareRecord {
  return { gpuId, bytes, usedBytes: null, countedBytes: 0, peakBytes: null };
}

/** A lease as it is booked on its devices. */
export function toBookings({ id, holder, mode, priority, shares }: LeaseRecord): Booking[] {
  return shares.map(({ gpuId, bytes, countedBytes }) => ({ leaseId: id, gpuId, holder, priority, bytes, usedBytes: countedBytes, isExclusive: mode === 'exclusive' }));
}

/** A lease as clients see it. */
export function toLease({ id, holder, mode, priority, state, shares, grantedAtMs }: LeaseRecord, isLost: (gpuId: GpuId) => boolean): Lease {
  return { id, holder, mode, priority, state, grantedAtMs, shares: shares.map(({ gpuId, bytes, usedBytes, peakBytes }) => ({ gpuId, bytes, usedBytes, peakBytes, isDeviceLost: isLost(gpuId) })) };
}
