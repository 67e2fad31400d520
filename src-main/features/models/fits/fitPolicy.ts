import type { Fit } from '#contract/fits.ts';
import type { MemoryEstimate } from './memoryEstimator.ts';

/** What may be taken now. `gpuBytes`: on the devices that the load may use, each counted without what it takes for itself. */
export interface MemoryRoom { readonly deviceFreeBytes: readonly number[]; readonly freeRamBytes: number }

/** Kept free for everything else on the machine. */
const RAM_RESERVE_BYTES = 512 * 1024 * 1024;

/** The GPU memory that one load can have: of the freest device, or of all when it needs more and is split. */
export function toGpuRoom({ deviceFreeBytes }: MemoryRoom, estimate: Pick<MemoryEstimate, 'gpu'>): number {
  const best = Math.max(0, ...deviceFreeBytes);
  if (estimate.gpu.totalBytes <= best || deviceFreeBytes.length < 2) return best;
  const own = estimate.gpu.overheadBytes;
  return Math.max(best, deviceFreeBytes.reduce((sum, freeBytes) => sum + Math.max(0, freeBytes - own), own));
}

/** Whether both sides have room. */
export function hasRoom(estimate: MemoryEstimate, room: MemoryRoom): boolean {
  return estimate.gpu.totalBytes <= toGpuRoom(room, estimate) && estimate.ram.totalBytes + RAM_RESERVE_BYTES <= room.freeRamBytes;
}

/** The verdict on one way to load: whole where the machine's fast memory is, in parts, or not at all. */
export function decideVerdict(estimate: MemoryEstimate, room: MemoryRoom): Fit['verdict'] {
  if (!hasRoom(estimate, room)) return 'no';
  return room.deviceFreeBytes.length === 0 || estimate.gpuLayers >= estimate.layerCount ? 'fits' : 'partly';
}

/** What is missing on the side that has least room for it. */
export function toMissingBytes(estimate: MemoryEstimate, room: MemoryRoom): number {
  const gpu = estimate.gpu.totalBytes - toGpuRoom(room, estimate);
  const ram = estimate.ram.totalBytes + RAM_RESERVE_BYTES - room.freeRamBytes;
  return Math.max(0, gpu, ram);
}

/** The most layers of 0 to `layerCount` for which there is room, found in few questions; null where not even none fit. */
export async function findMostLayers(layerCount: number, isRoom: (gpuLayers: number) => Promise<boolean>): Promise<number | null> {
  let [least, most] = [-1, layerCount];
  while (least < most) {
    const middle = least + Math.ceil((most - least) / 2);
    if (await isRoom(middle)) least = middle;
    else most = middle - 1;
  }
  return least < 0 ? null : least;
}
