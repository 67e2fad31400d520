import type { Gpu } from '#contract/gpus.ts';
import type { Instance } from '#contract/instances.ts';
import type { DeviceProcess, Lease, LeasedDevice, LeaseHolder, Ledger } from '#contract/leases.ts';
import type { Run } from '#contract/runs.ts';

/** A part of a device's memory as the ledger sees it. `kept`: nobody's, but the device is held by one lease alone; `other`: taken, and nobody is known. */
export interface MemorySegment {
  key: string;
  kind: 'lease' | 'kept' | 'foreign' | 'other' | 'reserve' | 'free';
  bytes: number;
  lease: Lease | null;
  /** What the lease's processes use of it; null while that is unknown, and for what is not a lease. */
  usedBytes: number | null;
}

/** Who has which part of a device: leases in the order of their beginning, then foreign, unknown, reserve and free. */
export function toSegments(device: LeasedDevice, leases: readonly Lease[]): MemorySegment[] {
  const held = leases.toSorted((a, b) => a.grantedAtMs - b.grantedAtMs).flatMap((lease) => lease.shares
    .filter(({ gpuId }) => gpuId === device.gpuId)
    .map((share): MemorySegment => ({ key: lease.id, kind: 'lease', bytes: Math.max(share.bytes, share.usedBytes ?? 0), lease, usedBytes: share.usedBytes })));
  const taken = held.reduce((sum, { bytes }) => sum + bytes, 0) + device.foreignBytes;
  const reserveBytes = Math.min(device.reserveBytes, device.totalBytes - taken - device.freeBytes);
  const restBytes = device.totalBytes - taken - Math.max(0, reserveBytes) - device.freeBytes;
  const rest = device.exclusiveLeaseId === null ? 'other' : 'kept';
  const others = [['foreign', device.foreignBytes], [rest, restBytes], ['reserve', reserveBytes], ['free', device.freeBytes]] as const;
  return [...held, ...others.map(([kind, bytes]): MemorySegment => ({ key: kind, kind, bytes, lease: null, usedBytes: null }))].filter(({ bytes }) => bytes > 0);
}

/** Whose a process is. `waiting`: the ledger has not said yet. */
export type ProcessOwner =
  | { kind: 'instance'; instanceId: string; name: string }
  | { kind: 'holder'; holder: LeaseHolder }
  | { kind: 'foreign' }
  | { kind: 'waiting' };

export interface ProcessRow { pid: number; name: string | null; usedBytes: number | null; kinds: readonly string[]; owner: ProcessOwner }

/** What is needed to know instances from runs. */
export interface OwnerFacts {
  runs: Readonly<Record<string, Run>>;
  instances: Readonly<Record<string, Instance>>;
}

/** The processes of a device, one row a pid, the largest first. */
export function toProcessRows(gpu: Gpu, ledger: Ledger | null, facts: OwnerFacts): ProcessRow[] {
  const known = new Map(ledger?.processes.filter(({ gpuId }) => isOn(gpu, gpuId)).map((process) => [process.pid, process]));
  const pids = new Set([...(gpu.processes ?? []).map(({ pid }) => pid), ...known.keys()]);
  return [...pids].map((pid): ProcessRow => {
    const seen = (gpu.processes ?? []).filter((process) => process.pid === pid);
    const owned = known.get(pid);
    const sizes = seen.flatMap(({ usedBytes }) => usedBytes ?? []);
    return {
      pid,
      name: owned?.name ?? null,
      usedBytes: sizes.length > 0 ? Math.max(...sizes) : owned?.usedBytes ?? null,
      kinds: [...new Set(seen.map(({ kind }) => kind))],
      owner: owned === undefined ? { kind: 'waiting' } : toOwner(owned.owner, facts),
    };
  }).toSorted((a, b) => (b.usedBytes ?? 0) - (a.usedBytes ?? 0) || a.pid - b.pid);
}

function isOn(gpu: Gpu, gpuId: string): boolean {
  return gpu.id === gpuId || gpu.migInstances.some(({ id }) => id === gpuId);
}

function toOwner(owner: DeviceProcess['owner'], facts: OwnerFacts): ProcessOwner {
  if (owner.kind === 'foreign') return { kind: 'foreign' };
  const holder = owner.kind === 'lease' ? owner.holder : null;
  const runId = owner.kind === 'run' ? owner.runId : owner.holder.id;
  const instance = findInstance(runId, facts);
  if (instance !== null) return { kind: 'instance', ...instance };
  return { kind: 'holder', holder: holder ?? { kind: 'run', id: runId, name: runId } };
}

/** The instance that a run belongs to; null when the id is no run's. */
export function findInstance(runId: string, { runs, instances }: OwnerFacts): { instanceId: string; name: string } | null {
  const run = runs[runId];
  if (run !== undefined) return { instanceId: run.instanceId, name: instances[run.instanceId]?.name ?? run.instanceName };
  const instance = Object.values(instances).find((each) => each.runId === runId || each.id === runId);
  return instance === undefined ? null : { instanceId: instance.id, name: instance.name };
}
