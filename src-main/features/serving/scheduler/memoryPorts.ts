import type { GpuId } from '#contract/ids.ts';
import type { LeaseRefusal } from '#contract/leases.ts';
import type { Event } from '../../../base/emitter.ts';
import type { DeviceMemory } from './schedulerState.ts';

/** Bytes that are held on devices until they are given back; twice is harmless. */
export interface GpuBooking extends Disposable {
  /** The variables that show these devices and no others. */
  readonly environment: Readonly<Record<string, string>>;
  ownMark(mark: string): void;
  ownPids(pids: readonly number[]): void;
  /** Books what is really used, by a fresh reading; answers it, null where nothing tells. */
  settle(): Promise<number | null>;
  /** What the driver says is used now, as last read. */
  readUsedBytes(): number | null;
}

export type GpuBookingResult =
  | { readonly kind: 'booked'; readonly booking: GpuBooking }
  | { readonly kind: 'refused'; readonly refusal: LeaseRefusal };

/** The devices' memory, as one ledger sees it for everybody. */
export interface GpuMemory {
  /** Whether the devices were read since the start; `devices` is empty until then. */
  readonly isKnown: boolean;
  /** As last known; reads nothing. */
  readonly devices: readonly DeviceMemory[];
  readonly onDidChange: Event<undefined>;
  /** Books all or nothing, now or not at all. Does not reject. */
  book(shares: readonly { readonly gpuId: GpuId; readonly bytes: number }[], holder: { readonly id: string; readonly name: string }): Promise<GpuBookingResult>;
  /** What the driver says is free on these devices, by a fresh reading; null where it does not say. */
  readFreeBytes(gpuIds: readonly GpuId[]): Promise<number | null>;
}
