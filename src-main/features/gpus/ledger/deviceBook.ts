import type { Gpu } from '#contract/gpus.ts';
import type { GpuId } from '#contract/ids.ts';
import type { LeaseHolder, LeaseId } from '#contract/leases.ts';

/** A device as bookings need it. A MIG instance is a device; a card that is cut into instances is not `isBookable`. */
export interface DeviceFacts {
  readonly id: GpuId;
  readonly index: number;
  readonly name: string;
  readonly vendor: Gpu['vendor'];
  readonly totalBytes: number;
  /** What the driver says is free; null where what it says cannot be. */
  readonly driverFreeBytes: number | null;
  readonly isDisplayAttached: boolean;
  readonly isBookable: boolean;
  readonly isLost: boolean;
}

/** One lease's part on one device. */
export interface Booking {
  readonly leaseId: LeaseId;
  readonly gpuId: GpuId;
  readonly holder: LeaseHolder;
  readonly priority: number;
  readonly bytes: number;
  /** What its processes use: as the driver says, as it can be inferred, or 0. */
  readonly usedBytes: number;
  readonly isExclusive: boolean;
}

/** One device with all that is booked on it. */
export interface DeviceBook {
  readonly facts: DeviceFacts;
  readonly reserveBytes: number;
  readonly bookings: readonly Booking[];
  /** What leases have, each at what it booked or at what it really uses, whichever is more. */
  readonly bookedBytes: number;
  /** What leases booked and do not use yet: it is still free for the driver, but promised. */
  readonly outstandingBytes: number;
  readonly exclusiveLeaseId: LeaseId | null;
  /** What a new lease may take now; never negative. */
  readonly freeBytes: number;
  /** The most that a lease could ever take. */
  readonly capacityBytes: number;
}

/** Opens the book of one device. */
export function openBook(facts: DeviceFacts, reserveBytes: number, bookings: readonly Booking[]): DeviceBook {
  let bookedBytes = 0;
  let outstandingBytes = 0;
  let exclusiveLeaseId: LeaseId | null = null;
  for (const { bytes, usedBytes, isExclusive, leaseId } of bookings) {
    bookedBytes += Math.max(bytes, usedBytes);
    outstandingBytes += Math.max(0, bytes - usedBytes);
    if (isExclusive) exclusiveLeaseId = leaseId;
  }
  const sums = { facts, reserveBytes, bookings, bookedBytes, outstandingBytes, exclusiveLeaseId };
  return { ...sums, freeBytes: countFreeBytes(sums), capacityBytes: Math.max(0, facts.totalBytes - reserveBytes) };
}

/**
 * What a new lease may take of a device. Units: bytes; never negative.
 *
 * min(the driver's free − what is promised and not used yet, total − leases − reserve): memory that a lease uses already is
 * missing from the driver's free, so only the rest of its booking is subtracted there.
 */
function countFreeBytes({ facts, reserveBytes, bookedBytes, outstandingBytes, exclusiveLeaseId }: Omit<DeviceBook, 'freeBytes' | 'capacityBytes'>): number {
  if (facts.isLost || exclusiveLeaseId !== null) return 0;
  const byLedger = facts.totalBytes - reserveBytes - bookedBytes;
  const byDriver = facts.driverFreeBytes === null ? byLedger : facts.driverFreeBytes - outstandingBytes;
  return Math.max(0, Math.min(byLedger, byDriver));
}
