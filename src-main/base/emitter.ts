import type { Disposable } from './disposables.ts';

/** Subscribes a listener; dispose what comes back to stop listening. */
export type Event<T> = (listener: (payload: T) => void) => Disposable;

/** One event source. Listeners run in the order in which they subscribed; one that throws does not stop the others. */
export class Emitter<T> {
  readonly #listeners = new Set<(payload: T) => void>();

  /** Subscribes; the same function may subscribe once only. */
  readonly event: Event<T> = (listener) => {
    this.#listeners.add(listener);
    const dispose = (): void => { this.#listeners.delete(listener); };
    return { dispose, [Symbol.dispose]: dispose };
  };

  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  /** Calls every listener; errors are rethrown on the next tick so that they reach the process's outermost boundary. */
  fire(payload: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(payload);
      } catch (error) {
        queueMicrotask(() => { throw error; });
      }
    }
  }
}
