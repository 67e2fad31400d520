import type { Gpu, GpuReading } from '#contract/gpus.ts';
import type { DeviceFacts } from './deviceBook.ts';
import type { ProcessFacts } from './usagePolicy.ts';

/** No card has a pebibyte; a larger figure is a driver's way of saying that it does not know. */
const MOST_BYTES = 1024 ** 5;

/** The devices that can be booked, and the cards that are cut into them; figures that cannot be are taken as unknown. */
export function toDeviceFacts({ gpus }: Pick<GpuReading, 'gpus'>): DeviceFacts[] {
  const devices = new Map<string, DeviceFacts>();
  for (const device of gpus.flatMap(toDevices)) {
    if (!devices.has(device.id)) devices.set(device.id, device);
  }
  return [...devices.values()];
}

/** Every process once a device, however many kinds of work it does there. */
export function toProcessFacts({ gpus }: Pick<GpuReading, 'gpus'>): ProcessFacts[] {
  const processes = new Map<string, ProcessFacts>();
  for (const { id, processes: listed } of gpus) {
    for (const { pid, usedBytes, migId } of listed ?? []) {
      const gpuId = migId ?? id;
      const key = `${gpuId} ${pid}`;
      const bytes = toBytes(usedBytes);
      const before = processes.get(key)?.usedBytes ?? null;
      processes.set(key, { gpuId, pid, name: null, usedBytes: bytes === null ? before : Math.max(bytes, before ?? 0) });
    }
  }
  return [...processes.values()];
}

function toDevices(gpu: Gpu): DeviceFacts[] {
  const shared = { index: gpu.index, vendor: gpu.vendor, isDisplayAttached: gpu.isDisplayAttached === true, isLost: gpu.state === 'lost' };
  const isCut = gpu.migMode === 'on';
  const card: DeviceFacts = { ...shared, id: gpu.id, name: gpu.name, ...toMemory(gpu), isBookable: !isCut };
  const instances = isCut ? gpu.migInstances : [];
  return [card, ...instances.map(({ id, name, totalBytes, usedBytes }): DeviceFacts => ({ ...shared, id, name: `${gpu.name} ${name}`, ...toMemory({ totalBytes, usedBytes, freeBytes: null }), isBookable: true }))];
}

function toMemory({ totalBytes, usedBytes, freeBytes }: Pick<Gpu, 'totalBytes' | 'usedBytes' | 'freeBytes'>): Pick<DeviceFacts, 'totalBytes' | 'driverFreeBytes'> {
  const total = toBytes(totalBytes) ?? 0;
  const used = toBytes(usedBytes);
  const isUsedGood = used !== null && used <= total;
  const free = toBytes(freeBytes) ?? (isUsedGood ? total - used : null);
  return { totalBytes: total, driverFreeBytes: free !== null && free <= total ? free : null };
}

/** Null for what cannot be a size: negative, endless, or 2^64 − 1. */
function toBytes(value: number | null): number | null {
  return value !== null && Number.isFinite(value) && value >= 0 && value < MOST_BYTES ? value : null;
}
