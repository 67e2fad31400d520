import type { Ledger } from '#contract/leases.ts';
import type { ServedModel } from '#contract/serving.ts';
import type { WorkstationReading } from '#contract/workstation.ts';

/** Who holds memory of a device. `usedBytes` is null while nothing was measured. */
export interface DevicePart { name: string; bookedBytes: number; usedBytes: number | null }

/** The memory of a GPU, or of the machine where `gpu` is null. */
export interface DeviceBook { id: string; gpu: { index: number; name: string } | null; totalBytes: number; freeBytes: number; parts: DevicePart[]; otherBytes: number }

interface Facts { ledger: Ledger | null; memory: WorkstationReading | null; models: readonly ServedModel[] }

/** Who holds how much of each device; what no holder has is `otherBytes`. RAM comes last. */
export function toDeviceBooks({ ledger, memory, models }: Facts): DeviceBook[] {
  const gpus = (ledger?.devices ?? []).map(({ gpuId, index, name, totalBytes, freeBytes, driverFreeBytes, foreignBytes }): DeviceBook => {
    const parts = (ledger?.leases ?? []).flatMap(({ holder, shares }) => shares.filter((share) => share.gpuId === gpuId && share.bytes > 0).map(({ bytes, usedBytes }) => ({ name: holder.name, bookedBytes: bytes, usedBytes })));
    return { id: gpuId, gpu: { index, name }, totalBytes, freeBytes, parts, otherBytes: driverFreeBytes === null ? foreignBytes : toOther(totalBytes - driverFreeBytes, parts) };
  });
  return memory === null ? gpus : [...gpus, toRam(memory, models)];
}

function toRam({ memoryTotalBytes, memoryUsedBytes }: WorkstationReading, models: readonly ServedModel[]): DeviceBook {
  const parts = models.filter(({ ramBytes }) => ramBytes > 0).map(({ name, ramBytes, gpuIds, measuredBytes }) => ({ name, bookedBytes: ramBytes, usedBytes: gpuIds.length === 0 ? measuredBytes : null }));
  return { id: 'ram', gpu: null, totalBytes: memoryTotalBytes, freeBytes: memoryTotalBytes - memoryUsedBytes, parts, otherBytes: toOther(memoryUsedBytes, parts) };
}

function toOther(usedBytes: number, parts: readonly DevicePart[]): number {
  return Math.max(0, usedBytes - parts.reduce((sum, part) => sum + (part.usedBytes ?? part.bookedBytes), 0));
}

/** A number for each name: the same on every device, in the order in which the names come. */
export function numberNames(books: readonly DeviceBook[]): ReadonlyMap<string, number> {
  const names = new Set(books.flatMap(({ parts }) => parts.map(({ name }) => name)));
  return new Map([...names].map((name, index) => [name, index]));
}
