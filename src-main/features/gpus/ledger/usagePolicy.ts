import type { GpuId } from '#contract/ids.ts';
import type { DeviceProcess, LeaseId } from '#contract/leases.ts';
import type { DeviceFacts } from './deviceBook.ts';
import type { LeaseRecord, ShareRecord } from './leaseRecord.ts';

/** A process on a device, as the driver lists it. */
export interface ProcessFacts {
  readonly gpuId: GpuId;
  readonly pid: number;
  readonly name: string | null;
  /** Null where the driver does not say. */
  readonly usedBytes: number | null;
}

/** What is known of a process beside the driver's word. */
export interface ProcessOwner {
  readonly name: string;
  /** The run that it belongs to by its mark. */
  readonly mark: string | null;
}

interface UsageFacts {
  readonly leases: readonly LeaseRecord[];
  readonly devices: readonly DeviceFacts[];
  readonly processes: readonly ProcessFacts[];
  readonly owners: ReadonlyMap<number, ProcessOwner>;
  /** What was in use on a device without belonging to any process, when no lease stood there. */
  readonly baselines: ReadonlyMap<GpuId, number>;
}

/** Says whose each process is: a lease's by its mark or its holder's word, a run's without a lease, or not ours. */
export function attributeProcesses({ leases, processes, owners }: Pick<UsageFacts, 'leases' | 'processes' | 'owners'>): DeviceProcess[] {
  const byMark = groupLeases(leases, ({ holder, marks }) => [holder.id, ...marks]);
  const byPid = groupLeases(leases, ({ pids }) => pids);
  return processes.map(({ gpuId, pid, name, usedBytes }) => {
    const known = owners.get(pid);
    const mark = known?.mark ?? null;
    const lease = chooseLease(byPid.get(pid), gpuId) ?? (mark === null ? undefined : chooseLease(byMark.get(mark), gpuId));
    const owner: DeviceProcess['owner'] = lease !== undefined ? { kind: 'lease', leaseId: lease.id, holder: lease.holder } : mark !== null ? { kind: 'run', runId: mark } : { kind: 'foreign' };
    return { gpuId, pid, name: known?.name ?? name ?? 'unknown', usedBytes, owner };
  });
}

function groupLeases<K>(leases: readonly LeaseRecord[], keysOf: (lease: LeaseRecord) => Iterable<K>): Map<K, LeaseRecord[]> {
  const groups = new Map<K, LeaseRecord[]>();
  for (const lease of leases) {
    for (const key of new Set(keysOf(lease))) groups.set(key, [...groups.get(key) ?? [], lease]);
  }
  return groups;
}

/** Where a holder has several leases, as for a model that is split, the one that booked the most on the device. */
function chooseLease(leases: readonly LeaseRecord[] = [], gpuId: GpuId): LeaseRecord | undefined {
  return leases.reduce<LeaseRecord | undefined>((best, lease) => (best === undefined || bookedOn(lease, gpuId) >= bookedOn(best, gpuId) ? lease : best), undefined);
}

/** -1 where it does not stand there at all. */
function bookedOn({ shares }: LeaseRecord, gpuId: GpuId): number {
  return shares.find((share) => share.gpuId === gpuId)?.bytes ?? -1;
}

/** What no listed process accounts for, of each device. */
export function sumUnlisted(devices: readonly DeviceFacts[], processes: readonly Pick<DeviceProcess, 'gpuId' | 'usedBytes'>[]): Map<GpuId, number> {
  const listed = new Map<GpuId, number>();
  for (const { gpuId, usedBytes } of processes) listed.set(gpuId, (listed.get(gpuId) ?? 0) + (usedBytes ?? 0));
  return new Map(devices.map(({ id, totalBytes, driverFreeBytes }) => [id, driverFreeBytes === null ? 0 : Math.max(0, totalBytes - driverFreeBytes - (listed.get(id) ?? 0))]));
}

/**
 * Corrects every lease by what its processes really use.
 *
 * Where the driver does not say it for a process, or lists none at all, the use is inferred: what is in use beyond the
 * listed processes and the device's own baseline belongs to the silent leases, oldest first, up to what each booked.
 */
export function correctLeases(facts: UsageFacts, attributed: readonly DeviceProcess[]): LeaseRecord[] {
  const told = sumByLease(attributed);
  const pools = new Map([...sumUnlisted(facts.devices, attributed)].map(([id, bytes]) => [id, Math.max(0, bytes - (facts.baselines.get(id) ?? 0))]));
  const listing = new Set(attributed.map(({ gpuId }) => gpuId));
  return facts.leases.map((lease) => {
    const own = told.get(lease.id);
    return { ...lease, shares: lease.shares.map((share) => correctShare(share, own?.get(share.gpuId), { pools, isListing: listing.has(share.gpuId) })) };
  });
}

interface Told { readonly bytes: number; readonly isComplete: boolean }

function correctShare(share: ShareRecord, told: Told | undefined, { pools, isListing }: { pools: Map<GpuId, number>; isListing: boolean }): ShareRecord {
  if (told?.isComplete === true) return { ...share, usedBytes: told.bytes, countedBytes: told.bytes, peakBytes: Math.max(share.peakBytes ?? 0, told.bytes) };
  if (told === undefined && isListing) return { ...share, usedBytes: share.peakBytes === null ? null : 0, countedBytes: 0 };
  const toldBytes = told?.bytes ?? 0;
  const poolBytes = pools.get(share.gpuId) ?? 0;
  const inferredBytes = Math.min(Math.max(0, share.bytes - toldBytes), poolBytes);
  pools.set(share.gpuId, poolBytes - inferredBytes);
  return { ...share, usedBytes: null, countedBytes: toldBytes + inferredBytes };
}

function sumByLease(attributed: readonly DeviceProcess[]): Map<LeaseId, Map<GpuId, Told>> {
  const sums = new Map<LeaseId, Map<GpuId, Told>>();
  for (const { gpuId, owner, usedBytes } of attributed) {
    if (owner.kind !== 'lease') continue;
    const own = sums.get(owner.leaseId) ?? new Map<GpuId, Told>();
    const before = own.get(gpuId) ?? { bytes: 0, isComplete: true };
    own.set(gpuId, { bytes: before.bytes + (usedBytes ?? 0), isComplete: before.isComplete && usedBytes !== null });
    sums.set(owner.leaseId, own);
  }
  return sums;
}
