import type { GpuId } from '../../../src-main/contract/ids.ts';
import type { LeaseRefusal } from '../../../src-main/contract/leases.ts';
import { Emitter } from '../../../src-main/base/emitter.ts';
import type { GpuBooking, GpuBookingResult, GpuMemory } from '../../../src-main/features/serving/scheduler/memoryPorts.ts';
import type { DeviceMemory } from '../../../src-main/features/serving/scheduler/schedulerState.ts';
import { uuid } from '../facts/aGpu.ts';

interface Device { readonly gpuId: GpuId; readonly capacityBytes: number; readonly isDisplayAttached: boolean; othersBytes: number }

/** The devices' ledger as a value: who books what, and what others took. */
export class FakeGpuMemory implements GpuMemory {
  readonly #devices: Device[];
  readonly #bookings = new Set<{ shares: readonly { gpuId: GpuId; bytes: number }[]; id: string; name: string }>();
  readonly #didChange = new Emitter<undefined>();
  /** Shows no devices until this is set. */
  isKnown = true;
  /** Refuses whatever is asked while this is set. */
  isRefusing = false;
  /** Answers only when this is resolved, as a ledger does that reads the driver first. */
  gate: Promise<unknown> = Promise.resolve();
  /** What the driver says is free; null says nothing. */
  readFree: (gpuIds: readonly GpuId[]) => number | null = () => null;
  /** The driver answers nothing while this is set. */
  isSilent = false;
  usedBytes: number | null = null;

  readonly onDidChange = this.#didChange.event;

  constructor(devices: readonly { capacityBytes: number; isDisplayAttached?: boolean }[]) {
    this.#devices = devices.map(({ capacityBytes, isDisplayAttached = false }, n) => ({ gpuId: uuid(n), capacityBytes, isDisplayAttached, othersBytes: 0 }));
  }

  get devices(): readonly DeviceMemory[] {
    return !this.isKnown ? [] : this.#devices.map((device) => ({
      ...device, name: `GPU ${device.gpuId.at(-1) ?? ''}`, freeBytes: Math.max(0, device.capacityBytes - device.othersBytes - this.bookedOn(device.gpuId)), holders: device.othersBytes > 0 ? ['other'] : [],
      heldBytes: new Map([...this.#bookings].flatMap(({ id, shares }) => shares.flatMap(({ gpuId, bytes }) => (gpuId === device.gpuId ? [[id, bytes] as const] : [])))),
    }));
  }

  bookedOn(gpuId: GpuId): number {
    return [...this.#bookings].flatMap(({ shares }) => shares).reduce((sum, share) => sum + (share.gpuId === gpuId ? share.bytes : 0), 0);
  }

  /** Somebody else takes memory, or gives it back. */
  setOthers(n: number, bytes: number): void {
    const device = this.#devices[n];
    if (device !== undefined) device.othersBytes = bytes;
    this.#didChange.fire(undefined);
  }

  /** The first reading comes in. */
  know(): void {
    this.isKnown = true;
    this.#didChange.fire(undefined);
  }

  /** An engine turns out to take so much of its device, and not what was planned. */
  setHeld(name: string, heldBytes: number): void {
    for (const booking of this.#bookings) if (booking.name === name) booking.shares = booking.shares.map((share) => ({ ...share, bytes: heldBytes }));
    this.#didChange.fire(undefined);
  }

  async book(shares: readonly { gpuId: GpuId; bytes: number }[], { id, name }: { id: string; name: string }): Promise<GpuBookingResult> {
    await this.gate;
    const isShort = shares.some(({ gpuId, bytes }) => (this.devices.find((device) => device.gpuId === gpuId)?.freeBytes ?? 0) < bytes);
    if (this.isRefusing || isShort) return { kind: 'refused', refusal: aRefusal() };
    const entry = { shares, id, name };
    this.#bookings.add(entry);
    const booking: GpuBooking = {
      environment: { CUDA_VISIBLE_DEVICES: shares.map(({ gpuId }) => gpuId).join(',') }, ownMark: () => undefined, ownPids: () => undefined,
      settle: () => Promise.resolve(this.usedBytes), readUsedBytes: () => this.usedBytes,
      [Symbol.dispose]: () => { if (this.#bookings.delete(entry)) this.#didChange.fire(undefined); },
    };
    return { kind: 'booked', booking };
  }

  readFreeBytes(gpuIds: readonly GpuId[]): Promise<number | null> {
    return this.isSilent ? new Promise(() => undefined) : Promise.resolve().then(() => this.readFree(gpuIds));
  }
}

export function aRefusal(): LeaseRefusal {
  return { reason: 'not_enough_free', neededBytes: 1, deviceCount: 1, mode: 'shared', missingBytes: 1, unknown: [], devices: [], couldStop: [], waitingAhead: [] };
}
