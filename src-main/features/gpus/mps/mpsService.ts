import type { GpuId } from '#contract/ids.ts';
import { toDisposable, type Disposable } from '../../../base/disposables.ts';
import type { Logger } from '../../../base/logger.ts';
import { MpsFailure, type MpsControl } from '../../../platform/mps/mpsControl.ts';
import type { MpsFolders } from '../../../platform/mps/mpsFolders.ts';

/** A seat at a device's daemon. The daemon goes with the last one. */
export interface MpsSeat extends Disposable {
  /** What the program needs to share the device; `CUDA_VISIBLE_DEVICES` comes from its lease. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A daemon that could not be had is data: the program then shares the device by turns. */
export type MpsResult = { readonly kind: 'seated'; readonly seat: MpsSeat } | { readonly kind: 'unavailable'; readonly reason: string };

interface Daemon {
  seats: number;
  /** Starts and stops of one device, one after the other. */
  turn: Promise<unknown>;
  folders: MpsFolders | null;
}

const MIB = 1024 * 1024;

/** Runs one MPS daemon for each device that somebody shares. */
export class MpsService {
  readonly #deps: { control: MpsControl; log: Logger };
  readonly #daemons = new Map<GpuId, Daemon>();

  constructor(deps: { control: MpsControl; log: Logger }) {
    this.#deps = deps;
  }

  /** Takes a seat at a device's daemon, which is started for the first. With `limitBytes` the driver refuses the program more than that. */
  async share(gpuId: GpuId, { limitBytes }: { limitBytes?: number } = {}): Promise<MpsResult> {
    const daemon = this.#daemonOf(gpuId);
    daemon.seats += 1;
    try {
      const folders = await this.#inTurn(daemon, async () => { daemon.folders ??= await this.#start(gpuId); return daemon.folders; });
      const environment = {
        CUDA_MPS_PIPE_DIRECTORY: folders.pipe, CUDA_MPS_LOG_DIRECTORY: folders.log,
        ...(limitBytes !== undefined && { CUDA_MPS_PINNED_DEVICE_MEM_LIMIT: `0=${Math.ceil(limitBytes / MIB)}M` }),
      };
      const seat = { environment, ...toDisposable(() => { this.#leave(gpuId, daemon); }) };
      return { kind: 'seated', seat };
    } catch (error) {
      daemon.seats -= 1;
      if (!(error instanceof MpsFailure)) throw error;
      this.#deps.log.warn('mps.unavailable', { gpuId, reason: error.reason });
      return { kind: 'unavailable', reason: error.reason };
    }
  }

  /** Ends every daemon; resolves when the last one has gone. */
  async stop(): Promise<void> {
    await Promise.all([...this.#daemons].map(([gpuId, daemon]) => this.#inTurn(daemon, () => this.#end(gpuId, daemon))));
  }

  #daemonOf(gpuId: GpuId): Daemon {
    const known = this.#daemons.get(gpuId);
    if (known !== undefined) return known;
    const made: Daemon = { seats: 0, turn: Promise.resolve(), folders: null };
    this.#daemons.set(gpuId, made);
    return made;
  }

  async #start(gpuId: GpuId): Promise<MpsFolders> {
    const folders = await this.#deps.control.start(gpuId);
    this.#deps.log.info('mps.started', { gpuId });
    return folders;
  }

  #leave(gpuId: GpuId, daemon: Daemon): void {
    daemon.seats -= 1;
    this.#inTurn(daemon, async () => { if (daemon.seats === 0) await this.#end(gpuId, daemon); })
      .catch((error: unknown) => { this.#deps.log.error('mps.not_stopped', { gpuId, error }); });
  }

  async #end(gpuId: GpuId, daemon: Daemon): Promise<void> {
    if (daemon.folders === null) return;
    daemon.folders = null;
    try {
      await this.#deps.control.stop(gpuId);
      this.#deps.log.info('mps.stopped', { gpuId });
    } catch (error) {
      this.#deps.log.error('mps.not_stopped', { gpuId, error });
    }
  }

  #inTurn<T>(daemon: Daemon, work: () => Promise<T>): Promise<T> {
    const done = daemon.turn.then(work);
    daemon.turn = done.catch(() => undefined);
    return done;
  }
}
