import { z } from 'zod';
import { call, stream } from './declare.ts';
import { gpuId } from './ids.ts';

/** A lease's id, made by the backend. */
export const leaseId = z.string().min(1).max(80).brand<'LeaseId'>();
export type LeaseId = z.infer<typeof leaseId>;

/** Who holds or wants GPU memory. `id`: an instance's for `run`, else the holder's own. */
export const leaseHolder = z.object({ kind: z.enum(['run', 'engine', 'build', 'container', 'training']), id: z.string().min(1).max(80), name: z.string().min(1).max(400) });
export type LeaseHolder = z.infer<typeof leaseHolder>;

/** `exclusive`: no other lease stands on the device meanwhile. */
export const leaseMode = z.enum(['shared', 'exclusive']);

/**
 * Which devices may be taken. `uuid` and `index` become visible to the holder as a whole: the bytes are booked on as many as
 * `deviceCount` says and none on the others.
 */
export const placement = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('auto'), order: z.enum(['most_free', 'smallest_fit', 'spread', 'pack']).default('smallest_fit') }),
  z.object({ kind: z.literal('uuid'), gpuIds: z.array(gpuId).min(1).max(64) }),
  z.object({ kind: z.literal('index'), indices: z.array(z.int().min(0)).min(1).max(64) }),
]);
export type Placement = z.infer<typeof placement>;

/** What a holder needs: so many bytes on each of so many devices. A higher priority goes first. */
export const leaseNeed = z.object({
  bytes: z.number().min(0).max(Number.MAX_SAFE_INTEGER),
  deviceCount: z.int().min(1).max(64).default(1),
  mode: leaseMode.default('shared'),
  vendor: z.enum(['nvidia', 'amd', 'intel', 'apple']).nullable().default(null),
  placement: placement.default({ kind: 'auto', order: 'smallest_fit' }),
  priority: z.int().min(-10).max(10).default(0),
});
export type LeaseNeed = z.infer<typeof leaseNeed>;

/** A lease's part on one device. `usedBytes` is what the driver says its processes use, null while that is unknown. */
export const leaseShare = z.object({ gpuId, bytes: z.number(), usedBytes: z.number().nullable(), peakBytes: z.number().nullable(), isDeviceLost: z.boolean() });
export type LeaseShare = z.infer<typeof leaseShare>;

/** One lease. `unclaimed`: kept from before the backend's restart, its holder not found yet. */
export const lease = z.object({
  id: leaseId, holder: leaseHolder, mode: leaseMode, priority: z.int(), state: z.enum(['held', 'unclaimed']), shares: z.array(leaseShare), grantedAtMs: z.number(),
});
export type Lease = z.infer<typeof lease>;

/** A process on a device. Whose it is: a lease's, a run's without a lease, or not ours. */
export const deviceProcess = z.object({
  gpuId, pid: z.int(), name: z.string(), usedBytes: z.number().nullable(),
  owner: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('lease'), leaseId, holder: leaseHolder }),
    z.object({ kind: z.literal('run'), runId: z.string() }),
    z.object({ kind: z.literal('foreign') }),
  ]),
});
export type DeviceProcess = z.infer<typeof deviceProcess>;

/** One device as the ledger books on it. `freeBytes` is what a new lease may take; never negative. */
export const leasedDevice = z.object({
  gpuId, index: z.int(), name: z.string(), totalBytes: z.number(), driverFreeBytes: z.number().nullable(), bookedBytes: z.number(), reserveBytes: z.number(),
  freeBytes: z.number(), foreignBytes: z.number(), exclusiveLeaseId: leaseId.nullable(), isLost: z.boolean(), isDisplayAttached: z.boolean(),
});
export type LeasedDevice = z.infer<typeof leasedDevice>;

/** What a device lacks for a need, and who is on it. */
export const deviceShortfall = z.object({
  gpuId, index: z.int(), name: z.string(), totalBytes: z.number(), freeBytes: z.number(), shortfallBytes: z.number(),
  holders: z.array(z.object({ leaseId, holder: leaseHolder, bytes: z.number(), usedBytes: z.number().nullable(), isExclusive: z.boolean() })),
  foreign: z.array(z.object({ pid: z.int(), name: z.string(), usedBytes: z.number().nullable() })),
});
export type DeviceShortfall = z.infer<typeof deviceShortfall>;

/**
 * Why there is no lease. `never_fits`, `no_device` and `unknown_device` do not change by waiting. `couldStop` is the smallest
 * set of holders found whose end would make room; empty where none would.
 */
export const leaseRefusal = z.object({
  reason: z.enum(['no_device', 'unknown_device', 'never_fits', 'not_enough_free', 'exclusive_held', 'not_exclusive', 'queued_behind', 'cancelled', 'driver_silent']),
  neededBytes: z.number(),
  deviceCount: z.int(),
  mode: leaseMode,
  /** The least that is missing on the nearest devices, summed. */
  missingBytes: z.number(),
  /** Devices asked for by name that are not there. */
  unknown: z.array(z.string()),
  devices: z.array(deviceShortfall),
  couldStop: z.array(z.object({ leaseId, holder: leaseHolder, gpuId, freesBytes: z.number() })),
  waitingAhead: z.array(leaseHolder),
});
export type LeaseRefusal = z.infer<typeof leaseRefusal>;

/** A request that waits for room, in the order in which it will be served. */
export const waitingRequest = z.object({ id: leaseId, holder: leaseHolder, need: leaseNeed, sinceMs: z.number(), refusal: leaseRefusal });
export type WaitingRequest = z.infer<typeof waitingRequest>;

/** The whole ledger at one moment. */
export const ledger = z.object({ takenAtMs: z.number(), devices: z.array(leasedDevice), leases: z.array(lease), waiting: z.array(waitingRequest), processes: z.array(deviceProcess) });
export type Ledger = z.infer<typeof ledger>;

export const leaseAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fits'), gpuIds: z.array(gpuId) }),
  z.object({ kind: z.literal('refused'), refusal: leaseRefusal }),
]);
export type LeaseAnswer = z.infer<typeof leaseAnswer>;

export const leases = {
  list: call({ method: 'GET', path: '/leases', summary: 'Who holds and who waits for GPU memory', input: z.object({}), output: ledger }),
  /** What a request would get now; books nothing. */
  check: call({ method: 'POST', path: '/leases/check', summary: 'Whether a need fits now, and what could be stopped', input: leaseNeed, output: leaseAnswer }),
  watch: stream({ path: '/leases/watch', summary: 'The ledger, again after each change', input: z.object({}), output: ledger }),
};
