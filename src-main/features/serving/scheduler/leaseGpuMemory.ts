import type { GpuReading } from '#contract/gpus.ts';
import type { GpuId } from '#contract/ids.ts';
import type { Ledger } from '#contract/leases.ts';
import type { Event } from '../../../base/emitter.ts';
import type { GpuLeases, HeldLease, LeaseRequest } from '../../gpus/index.ts';
import type { GpuBooking, GpuBookingResult, GpuMemory } from './memoryPorts.ts';
import type { DeviceMemory } from './schedulerState.ts';

interface LeaseDeps {
  readonly leases: Pick<GpuLeases, 'request'> & { ledger(): Ledger; readonly onDidChange: Event<undefined> };
  readonly readings: { read(): Promise<GpuReading>; readonly last: GpuReading | null };
}

type Share = Parameters<GpuMemory['book']>[0][number];

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

  /** A driver that has not answered yet has said nothing of its devices. */
  get isKnown(): boolean {
    const { last } = this.#deps.readings;
    return last !== null && (last.state !== 'slow' || last.gpus.length > 0);
  }

  get devices(): readonly DeviceMemory[] {
    this.#devices ??= toDevices(this.#deps.leases.ledger());
    return this.#devices;
  }

  async book(shares: readonly Share[], { id, name }: { id: string; name: string }): Promise<GpuBookingResult> {
    const held: HeldLease[] = [];
    for (const need of toNeeds(shares)) {
      const result = await this.#deps.leases.request(need, { kind: 'engine', id, name });
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
    const parts = held.length === 1 ? held : held.slice(1);
    const ids = new Set(parts.map(({ id }) => id));
    const readUsedBytes = (): number | null => sumKnown(this.#deps.leases.ledger().leases.filter(({ id }) => ids.has(id)).flatMap(({ shares }) => shares.map(({ usedBytes }) => usedBytes)));
    return {
      environment: held[0]?.environment ?? {},
      ownMark: (mark) => { for (const lease of held) lease.ownMark(mark); },
      ownPids: (pids) => { for (const lease of held) lease.ownPids(pids); },
      settle: async () => {
        await this.#deps.readings.read();
        for (const lease of parts) lease.settle({ headroomBytes: HEADROOM_BYTES });
        return readUsedBytes();
      },
      readUsedBytes,
      [Symbol.dispose]: () => { for (const lease of held) lease.dispose(); },
    };
  }
}

/** A lease books the same bytes on each of its devices: a split takes one for each, after one that shows them all in one environment. */
function toNeeds(shares: readonly Share[]): LeaseRequest[] {
  const parts = shares.map(({ gpuId, bytes }): LeaseRequest => ({ bytes, placement: { kind: 'uuid', gpuIds: [gpuId] } }));
  const gpuIds = shares.map(({ gpuId }) => gpuId);
  return parts.length === 1 ? parts : [{ bytes: 0, deviceCount: gpuIds.length, placement: { kind: 'uuid', gpuIds } }, ...parts];
}

function toDevices({ devices, leases, processes }: Ledger): DeviceMemory[] {
  return devices.filter(({ isLost }) => !isLost).toSorted((a, b) => a.index - b.index).map(({ gpuId, name, totalBytes, reserveBytes, freeBytes, isDisplayAttached }) => {
    const leased = leases.filter(({ holder, shares }) => holder.kind !== 'engine' && shares.some((share) => share.gpuId === gpuId)).map(({ holder }) => holder.name);
    const foreign = processes.filter((process) => process.gpuId === gpuId && process.owner.kind === 'foreign').map((process) => process.name);
    return { gpuId, name, capacityBytes: Math.max(0, totalBytes - reserveBytes), freeBytes, isDisplayAttached, holders: [...new Set([...leased, ...foreign])], heldBytes: sumHeld(gpuId, leases) };
  });
}

/** By holder; what an engine uses beyond its booking counts. */
function sumHeld(gpuId: GpuId, leases: Ledger['leases']): Map<string, number> {
  const held = new Map<string, number>();
  for (const { holder, shares } of leases) {
    if (holder.kind !== 'engine') continue;
    for (const share of shares) if (share.gpuId === gpuId) held.set(holder.id, (held.get(holder.id) ?? 0) + Math.max(share.bytes, share.usedBytes ?? 0));
  }
  return held;
}

/** Null as soon as one part is not known, or there is none. */
function sumKnown(parts: readonly (number | null)[]): number | null {
  if (parts.length === 0) return null;
  return parts.reduce<number | null>((sum, part) => (sum === null || part === null ? null : sum + part), 0);
}
