import type { GpuId } from '#contract/ids.ts';
import { DisposableStack } from '../../../base/disposables.ts';
import type { Event } from '../../../base/emitter.ts';
import type { Logger } from '../../../base/logger.ts';
import type { MpsSeat, MpsService } from './mpsService.ts';

interface MpsSharingDeps {
  mps: Pick<MpsService, 'share'>;
  /** The devices that the user wants to be shared. */
  getSharedGpuIds: () => readonly GpuId[];
  /** The choice may have changed. */
  onDidChangeChoice: Event<unknown>;
  log: Logger;
}

const MIB = 1024 * 1024;

/** Keeps a daemon on every device that is to be shared, and says what a program on it needs. */
export class MpsSharing {
  readonly #deps: MpsSharingDeps;
  readonly #seats = new Map<GpuId, MpsSeat>();
  readonly #subscriptions = new DisposableStack();
  #turn: Promise<void> = Promise.resolve();

  constructor(deps: MpsSharingDeps) {
    this.#deps = deps;
  }

  /** Starts the daemons that are wanted, and follows the choice. A daemon that already runs is taken as it is. */
  start(): void {
    this.#subscriptions.add(this.#deps.onDidChangeChoice(() => { this.#applySoon(); }));
    this.#applySoon();
  }

  /** Stops following. Daemons stay where runs live on; `end` gives them up. */
  async stop({ isLeaving }: { isLeaving: boolean }): Promise<void> {
    this.#subscriptions.dispose();
    await this.#turn;
    if (!isLeaving) for (const seat of this.#seats.values()) seat.dispose();
    this.#seats.clear();
  }

  /**
   * What a program needs to share its one device, with the driver refusing it more than it booked; nothing where its device is
   * not shared, or where it has several, since a daemon serves one.
   */
  environmentOf(gpuIds: readonly GpuId[], bookedBytes: number): Readonly<Record<string, string>> {
    const [gpuId] = gpuIds;
    const seat = gpuId === undefined || gpuIds.length > 1 ? undefined : this.#seats.get(gpuId);
    if (seat === undefined) return {};
    return { ...seat.environment, ...(bookedBytes > 0 && { CUDA_MPS_PINNED_DEVICE_MEM_LIMIT: `0=${Math.ceil(bookedBytes / MIB)}M` }) };
  }

  /** Resolves when the choice of now has been followed. */
  async settle(): Promise<void> {
    await this.#turn;
  }

  #applySoon(): void {
    this.#turn = this.#turn.then(() => this.#apply()).catch((error: unknown) => { this.#deps.log.error('mps.choice_failed', { error }); });
  }

  async #apply(): Promise<void> {
    const wanted = new Set(this.#deps.getSharedGpuIds());
    for (const [gpuId, seat] of this.#seats) {
      if (wanted.has(gpuId)) continue;
      this.#seats.delete(gpuId);
      seat.dispose();
    }
    for (const gpuId of wanted) {
      if (this.#seats.has(gpuId)) continue;
      const result = await this.#deps.mps.share(gpuId);
      if (result.kind === 'seated') this.#seats.set(gpuId, result.seat);
    }
  }
}
