import type { Gpu, MigInstance } from '#contract/gpus.ts';
import { gpuId } from '#contract/ids.ts';
import { toBareGpu } from '../gpuProbe.ts';
import { describeCode, NVML, toBytes, toCount, toMemory, toThrottleReasons } from './nvmlCodes.ts';
import { NvmlError, toText, type NvmlHandle, type NvmlLibrary } from './nvmlLibrary.ts';
import { NvmlProcessLists } from './nvmlProcesses.ts';

/** What does not change while a program runs is read anew once in so many readings; limits, MIG and displays do change. */
const SLOW_FACTS_EVERY = 10;
const MOST_DEVICES = 256;
const CLOCK = { graphics: 0, memory: 2 } as const;

interface KnownInstance { handle: NvmlHandle; instance: Omit<MigInstance, 'totalBytes' | 'usedBytes'> }
interface KnownDevice { handle: NvmlHandle; gpu: Gpu; instances: KnownInstance[] }

/** Reads every NVIDIA GPU through the library. Blocks as long as the driver does: never for the backend's own thread. */
export class NvmlReader {
  readonly #library: NvmlLibrary;
  readonly #processes: NvmlProcessLists;
  #known: KnownDevice[] = [];
  #counted = -1;
  #readings = 0;

  /** @throws NvmlError where the driver cannot be used, with its reason */
  constructor(library: NvmlLibrary) {
    this.#library = library;
    this.#processes = new NvmlProcessLists(library);
    if (!library.has('nvmlInit_v2', '') && !library.has('nvmlInit', '')) throw new NvmlError('the library is none of NVML: nvmlInit is missing', null);
    const code = library.call('nvmlInit_v2 nvmlInit', '');
    if (code !== NVML.success) throw new NvmlError(describeCode(code), code);
  }

  /** @throws NvmlError where the devices cannot even be counted */
  read(): Gpu[] {
    const count = this.#count();
    if (this.#readings % SLOW_FACTS_EVERY === 0 || this.#counted !== count) this.#known = this.#enumerate(count);
    this.#counted = count;
    this.#readings += 1;
    return this.#known.flatMap((device) => this.#readLive(device) ?? []);
  }

  #count(): number {
    const count = this.#library.readNumber('nvmlDeviceGetCount_v2 nvmlDeviceGetCount', '');
    if (count === null) throw new NvmlError('the driver does not count its devices', null);
    return Math.min(count, MOST_DEVICES);
  }

  #enumerate(count: number): KnownDevice[] {
    const driver = this.#readDriver();
    return Array.from({ length: count }, (_, index) => index).flatMap((index) => {
      const handle = this.#library.readBig('nvmlDeviceGetHandleByIndex_v2 nvmlDeviceGetHandleByIndex', 'u', index);
      const uuid = handle === null ? null : this.#library.readText('nvmlDeviceGetUUID', 'h', handle);
      if (handle === null || uuid === null || uuid === '') return [];
      const { migMode, instances } = this.#readMig(handle);
      return [{ handle, instances, gpu: { ...this.#readSlow({ handle, uuid, index }), ...driver, migMode } }];
    });
  }

  #readDriver(): Pick<Gpu, 'driverVersion' | 'cudaVersion'> {
    const cuda = this.#library.readNumber('nvmlSystemGetCudaDriverVersion_v2 nvmlSystemGetCudaDriverVersion', '');
    return {
      driverVersion: this.#library.readText('nvmlSystemGetDriverVersion', ''),
      cudaVersion: cuda === null || cuda === 0 ? null : `${Math.floor(cuda / 1000)}.${Math.floor((cuda % 1000) / 10)}`,
    };
  }

  #readSlow({ handle, uuid, index }: { handle: NvmlHandle; uuid: string; index: number }): Gpu {
    const number = (name: string, kinds = 'h', ...args: number[]): number | null => toNullable(this.#library.readNumber(name, kinds, handle, ...args));
    const [major, minor] = [Buffer.alloc(4), Buffer.alloc(4)];
    const hasCapability = this.#library.call('nvmlDeviceGetCudaComputeCapability', 'hpp', handle, major, minor) === NVML.success;
    const powerLimit = number('nvmlDeviceGetEnforcedPowerLimit nvmlDeviceGetPowerManagementLimit');
    const display = number('nvmlDeviceGetDisplayActive');
    const slowdownThreshold = 1;
    return {
      ...toBareGpu({ id: gpuId.parse(uuid), index, vendor: 'nvidia', name: this.#library.readText('nvmlDeviceGetName', 'h', handle) ?? 'NVIDIA GPU' }),
      pciBusId: this.#readPciBusId(handle),
      computeCapability: hasCapability ? `${major.readUInt32LE()}.${minor.readUInt32LE()}` : null,
      powerLimitWatts: powerLimit === null ? null : powerLimit / 1000,
      temperatureLimitCelsius: number('nvmlDeviceGetTemperatureThreshold', 'hu', slowdownThreshold),
      maxGraphicsClockMhz: number('nvmlDeviceGetMaxClockInfo', 'hu', CLOCK.graphics),
      isDisplayAttached: display === null ? null : display === 1,
    };
  }

  /** `nvmlPciInfo_t`: 16 bytes of the old id, five numbers, then 32 bytes of the id with eight digits of domain. */
  #readPciBusId(handle: NvmlHandle): string | null {
    const info = Buffer.alloc(68);
    return this.#library.call('nvmlDeviceGetPciInfo_v3', 'hp', handle, info) === NVML.success ? toText(info.subarray(36)) : null;
  }

  #readMig(handle: NvmlHandle): { migMode: Gpu['migMode']; instances: KnownInstance[] } {
    const [current, pending] = [Buffer.alloc(4), Buffer.alloc(4)];
    if (this.#library.call('nvmlDeviceGetMigMode', 'hpp', handle, current, pending) !== NVML.success) return { migMode: null, instances: [] };
    if (current.readUInt32LE() !== 1) return { migMode: 'off', instances: [] };
    const slots = this.#library.readNumber('nvmlDeviceGetMaxMigDeviceCount', 'h', handle) ?? 0;
    const instances = Array.from({ length: Math.min(slots, 64) }, (_, slot) => this.#readInstance(handle, slot)).filter((one) => one !== null);
    return { migMode: 'on', instances };
  }

  #readInstance(parent: NvmlHandle, slot: number): KnownInstance | null {
    const handle = this.#library.readBig('nvmlDeviceGetMigDeviceHandleByIndex', 'hu', parent, slot);
    const uuid = handle === null ? null : this.#library.readText('nvmlDeviceGetUUID', 'h', handle);
    if (handle === null || uuid === null) return null;
    const instance = {
      id: gpuId.parse(uuid), name: this.#library.readText('nvmlDeviceGetName', 'h', handle) ?? 'MIG instance',
      gpuInstanceId: this.#library.readNumber('nvmlDeviceGetGpuInstanceId', 'h', handle),
      computeInstanceId: this.#library.readNumber('nvmlDeviceGetComputeInstanceId', 'h', handle),
    };
    return { handle, instance };
  }

  /** What changes every second; null for a device that no longer answers. */
  #readLive({ handle, gpu, instances }: KnownDevice): Gpu | null {
    const { memory, isLost } = this.#readMemory(handle);
    if (isLost) return null;
    const number = (name: string, kinds = 'h', ...args: number[]): number | null => toNullable(this.#library.readNumber(name, kinds, handle, ...args));
    const utilization = Buffer.alloc(8);
    const hasUtilization = this.#library.call('nvmlDeviceGetUtilizationRates', 'hp', handle, utilization) === NVML.success;
    const milliwatts = number('nvmlDeviceGetPowerUsage');
    const temperatureOfGpu = 0;
    const migInstances = instances.map(({ handle: instanceHandle, instance }): MigInstance => {
      const { totalBytes, usedBytes } = this.#readMemory(instanceHandle).memory;
      return { ...instance, totalBytes, usedBytes };
    });
    return {
      ...gpu, ...memory, migInstances,
      utilizationPercent: hasUtilization ? toPercent(utilization.readUInt32LE()) : null,
      memoryUtilizationPercent: hasUtilization ? toPercent(utilization.readUInt32LE(4)) : null,
      temperatureCelsius: number('nvmlDeviceGetTemperature', 'hu', temperatureOfGpu),
      powerWatts: milliwatts === null ? null : milliwatts / 1000,
      graphicsClockMhz: number('nvmlDeviceGetClockInfo', 'hu', CLOCK.graphics),
      memoryClockMhz: number('nvmlDeviceGetClockInfo', 'hu', CLOCK.memory),
      fanPercent: number('nvmlDeviceGetFanSpeed'),
      throttleReasons: toThrottleReasons(this.#library.readBig('nvmlDeviceGetCurrentClocksEventReasons nvmlDeviceGetCurrentClocksThrottleReasons', 'h', handle)),
      processes: this.#processes.read(handle, migInstances),
    };
  }

  /** The second version tells the driver's own reserve from used memory; version number and size stand in its first field. */
  #readMemory(handle: NvmlHandle): { memory: ReturnType<typeof toMemory>; isLost: boolean } {
    const second = Buffer.alloc(40);
    second.writeUInt32LE((2 << 24) | second.length);
    const code = this.#library.call('nvmlDeviceGetMemoryInfo_v2', 'hp', handle, second);
    if (code === NVML.isLost) return { memory: toMemory({ total: null, used: null, free: null }), isLost: true };
    if (code === NVML.success) return { memory: this.#toMemory(second, { total: 8, free: 24, used: 32 }), isLost: false };
    const first = Buffer.alloc(24);
    const oldCode = this.#library.call('nvmlDeviceGetMemoryInfo', 'hp', handle, first);
    const memory = oldCode === NVML.success ? this.#toMemory(first, { total: 0, free: 8, used: 16 }) : toMemory({ total: null, used: null, free: null });
    return { memory, isLost: oldCode === NVML.isLost };
  }

  #toMemory(info: Buffer, at: { total: number; free: number; used: number }): ReturnType<typeof toMemory> {
    return toMemory({ total: toBytes(info.readBigUInt64LE(at.total)), free: toBytes(info.readBigUInt64LE(at.free)), used: toBytes(info.readBigUInt64LE(at.used)) });
  }
}

function toNullable(value: number | null): number | null {
  return value === null ? null : toCount(value);
}

function toPercent(value: number): number | null {
  return value > 100 ? null : value;
}
