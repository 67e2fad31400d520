import type { GpuId } from '#contract/ids.ts';
import type { LeaseHolder, LeaseId, LeaseNeed, LeaseRefusal } from '#contract/leases.ts';
import type { Disposable } from '../../../base/disposables.ts';

/** GPU memory that is held until it is given back. */
export interface HeldLease extends Disposable {
  readonly id: LeaseId;
  readonly holder: LeaseHolder;
  /** The devices, in the order in which the holder should see them: those with booked bytes first. */
  readonly gpuIds: readonly GpuId[];
  /** The variables that show the holder these devices and no others. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names a mark that processes of the holder carry beside its id, such as that of an instance's run. */
  ownMark(mark: string): void;
  /** Names processes of the holder that carry no mark of it, such as a container's. */
  ownPids(pids: readonly number[]): void;
  /** The holder has all that it will take: the booking becomes what the driver says is used, where it says it, and the headroom. */
  settle(options?: { headroomBytes?: number }): void;
}

/** What came of a request. A refusal is data: what is missing, who has it, what could be stopped. */
export type LeaseResult =
  | { readonly kind: 'granted'; readonly lease: HeldLease }
  | { readonly kind: 'refused'; readonly refusal: LeaseRefusal };

/** A need as callers write it: what is left out is the schema's default. */
export type LeaseRequest = Pick<LeaseNeed, 'bytes'> & Partial<LeaseNeed>;

/** How a request waits. */
export interface LeaseWait {
  /** How long to wait for room: 0 not at all, null until there is some. Default 0. */
  readonly patienceMs?: number | null;
  readonly signal?: AbortSignal;
  /** Called once if the request must wait, with what stands in its way. */
  readonly onWait?: (refusal: LeaseRefusal) => void;
}

/**
 * Where everything that uses a GPU takes it from.
 *
 * Timing: `request` looks at a reading of the driver that is at most about a second old, then decides and books in one step;
 * a driver that does not answer delays it by a second at most. Does not reject for want of room.
 */
export interface GpuLeases {
  request(need: LeaseRequest, holder: LeaseHolder, wait?: LeaseWait): Promise<LeaseResult>;
  /** Takes over the lease that the holder had before the backend's restart; null if it had none. */
  adopt(holder: Pick<LeaseHolder, 'kind' | 'id'>): HeldLease | null;
  /** Gives back whatever a holder has; nothing if it has nothing. */
  release(holder: Pick<LeaseHolder, 'kind' | 'id'>): void;
  /** Drops leases of one kind of holder from before the restart that nobody adopted. */
  endAdoption(kind: LeaseHolder['kind']): void;
}
