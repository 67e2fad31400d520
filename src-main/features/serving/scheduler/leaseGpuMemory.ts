import type { GpuReading } from '#contract/gpus.ts';
import type { GpuId } from '#contract/ids.ts';
import type { Ledger } from '#contract/leases.ts';
import type { Event } from '../../../base/emitter.ts';
import type { GpuLeases, HeldLease } from '../../gpus/index.ts';
import type { GpuBooking, GpuBookingResult, GpuMemory } from './memoryPorts.ts';
import type { DeviceMemory } from './schedulerState.ts';

interface LeaseDeps {
  readonly leases: Pick<GpuLeases, 'request'> & { ledger(): Ledger; readonly onDidChange: Event<undefined> };
  readonly readings: { read(): Promise<GpuReading> };
}

/** Room for what an engine takes later, such as a larger compute buffer. */
const HEADROOM_BYTES = 64 * 1024 * 1024;

/** The devices through the one ledger that instances, builds and training use too. */
export class LeaseGpuMemory implements GpuMemory {
  readonly #deps: LeaseDeps;
  #devices: readonly DeviceMemory[] | null = null;

  constructor(deps: LeaseDeps) {
    this.#deps = deps;
    deps.leases.onDidChange(() => { this.#devices = null; });
  }

  get onDidChange(): Event<undefined> {
    return this.#deps.leases.onDidChange;
  }

  get devices(): readonly DeviceMemory[] {
    this.#devices ??= toDevices(this.#deps.leases.ledger());
    return this.#devices;
  }

  async book(shares: readonly { gpuId: GpuId; bytes: number }[], { id, name }: { id: string; name: string }): Promise<GpuBookingResult> {
    const holder = { kind: 'engine', id, name } as const;
    const gpuIds = shares.map(({ gpuId }) => gpuId);
    const held: HeldLease[] = [];
    // The first one makes all devices visible in one environment; the ledger books the same bytes on each device of a lease.
    for (const { bytes, on } of shares.length === 1 ? shares.map((share) => ({ bytes: share.bytes, on: gpuIds })) : [{ bytes: 0, on: gpuIds }, ...shares.map((share) => ({ bytes: share.bytes, on: [share.gpuId] }))]) {
      const result = await this.#deps.leases.request({ bytes, deviceCount: on.length, placement: { kind: 'uuid', gpuIds: on } }, holder);
      if (result.kind === 'refused') { for (const lease of held) lease.dispose(); return result; }
      held.push(result.lease);
    }
    return { kind: 'booked', booking: this.#toBooking(held) };
  }

  async readFreeBytes(gpuIds: readonly GpuId[]): Promise<number | null> {
    await this.#deps.readings.read();
    const free = this.#deps.leases.ledger().devices.filter(({ gpuId }) => gpuIds.includes(gpuId)).map(({ driverFreeBytes }) => driverFreeBytes);
    return sumKnown(free);
  }

  #toBooking(held: readonly HeldLease[]): GpuBooking {
    const readUsedBytes = (): number | null => {
      const ids = new Set(held.map(({ id }) => id));
      return sumKnown(this.#deps.leases.ledger().leases.filter(({ id }) => ids.has(id)).flatMap(({ shares }) => shares.map(({ usedBytes }) => usedBytes)));
    };
    return {
      environment: held[0]?.environment ?? {},
      ownMark: (mark) => { for (const lease of held) lease.ownMark(mark); },
      ownPids: (pids) => { for (const lease of held) lease.ownPids(pids); },
      settle: async () => {
        await this.#deps.readings.read();
        if (held.length === 1) held[0]?.settle({ headroomBytes: HEADROOM_BYTES });
        return readUsedBytes();
      },
      readUsedBytes,
      [Symbol.dispose]: () => { for (const lease of held) lease.dispose(); },
    };
  }
}

function toDevices({ devices, leases, processes }: Ledger): DeviceMemory[] {
  return devices.filter(({ isLost }) => !isLost).map(({ gpuId, name, totalBytes, reserveBytes, freeBytes, isDisplayAttached }) => {
    const leased = leases.filter(({ holder, shares }) => holder.kind !== 'engine' && shares.some((share) => share.gpuId === gpuId)).map(({ holder }) => holder.name);
    const foreign = processes.filter((process) => process.gpuId === gpuId && process.owner.kind === 'foreign').map((process) => process.name);
    return { gpuId, name, capacityBytes: Math.max(0, totalBytes - reserveBytes), freeBytes, isDisplayAttached, holders: [...new Set([...leased, ...foreign])] };
  });
}

/** Null as soon as one part is not known, or there is none. */
function sumKnown(parts: readonly (number | null)[]): number | null {
  if (parts.length === 0) return null;
  return parts.reduce<number | null>((sum, part) => (sum === null || part === null ? null : sum + part), 0);
}
