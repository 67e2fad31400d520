import type { GpuProcess, MigInstance } from '#contract/gpus.ts';
import { NVML, toBytes } from './nvmlCodes.ts';
import type { NvmlHandle, NvmlLibrary } from './nvmlLibrary.ts';

/** The three lists, with the names of their functions from the newest on. */
const lists: readonly { kind: GpuProcess['kind']; name: string }[] = [
  { kind: 'compute', name: 'nvmlDeviceGetComputeRunningProcesses' },
  { kind: 'graphics', name: 'nvmlDeviceGetGraphicsRunningProcesses' },
  { kind: 'mps', name: 'nvmlDeviceGetMPSComputeRunningProcesses' },
];

/** `nvmlProcessInfo_t` of _v2 and _v3: pid, padding, u64 bytes, GPU instance, compute instance; of the first version without the last two. */
const ENTRY = { new: 24, old: 16 } as const;
const NO_INSTANCE = 0xffff_ffff;
const MOST_PROCESSES = 4_096;

/** Lists a GPU's processes; null where the driver gives none of the lists. Buffers are kept, so use one a library. */
export class NvmlProcessLists {
  readonly #library: NvmlLibrary;
  readonly #count = Buffer.alloc(4);
  #entries = Buffer.alloc(128 * ENTRY.new);

  constructor(library: NvmlLibrary) {
    this.#library = library;
  }

  read(device: NvmlHandle, instances: readonly MigInstance[]): GpuProcess[] | null {
    const found = lists.map((list) => this.#readList(device, list, instances));
    return found.every((list) => list === null) ? null : found.flatMap((list) => list ?? []);
  }

  #readList(device: NvmlHandle, { kind, name }: { kind: GpuProcess['kind']; name: string }, instances: readonly MigInstance[]): GpuProcess[] | null {
    const version = ['_v3', '_v2'].find((suffix) => this.#library.has(name + suffix, 'hpp')) ?? '';
    const size = version === '' ? ENTRY.old : ENTRY.new;
    let code = this.#fill(device, name + version, size);
    if (code === NVML.insufficientSize) {
      const wanted = Math.min(MOST_PROCESSES, this.#count.readUInt32LE() + 32);
      this.#entries = Buffer.alloc(Math.max(this.#entries.length, wanted * ENTRY.new));
      code = this.#fill(device, name + version, size);
    }
    if (code !== NVML.success) return null;
    const count = Math.min(this.#count.readUInt32LE(), Math.floor(this.#entries.length / size));
    return Array.from({ length: count }, (_, index) => this.#readEntry(index * size, size, kind, instances));
  }

  #fill(device: NvmlHandle, name: string, size: number): number {
    this.#count.writeUInt32LE(Math.floor(this.#entries.length / size));
    return this.#library.call(name, 'hpp', device, this.#count, this.#entries);
  }

  #readEntry(at: number, size: number, kind: GpuProcess['kind'], instances: readonly MigInstance[]): GpuProcess {
    const gpuInstance = size === ENTRY.new ? this.#entries.readUInt32LE(at + 16) : NO_INSTANCE;
    const computeInstance = size === ENTRY.new ? this.#entries.readUInt32LE(at + 20) : NO_INSTANCE;
    const instance = instances.find((one) => one.gpuInstanceId === gpuInstance && (one.computeInstanceId === computeInstance || computeInstance === NO_INSTANCE));
    return { pid: this.#entries.readUInt32LE(at), usedBytes: toBytes(this.#entries.readBigUInt64LE(at + 8)), kind, migId: instance?.id ?? null };
  }
}
