import type { Disposable } from '../../base/disposables.ts';
import { StartQueue } from './startQueue.ts';

/** One writer per environment folder: one pip at a time, whoever starts it. */
export class EnvironmentLock {
  readonly #queues = new Map<string, StartQueue>();

  /** Resolves once nobody else writes the folder. Rejects when the signal aborts first. */
  acquire(folder: string, signal: AbortSignal): Promise<Disposable> {
    const queue = this.#queues.get(folder) ?? new StartQueue({ getLimit: () => 1 });
    this.#queues.set(folder, queue);
    return queue.acquire(signal);
  }
}
