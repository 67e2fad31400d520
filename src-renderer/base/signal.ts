/** Subscribes a listener; call what comes back to stop listening. */
export type Subscribe<T> = (listener: (payload: T) => void) => () => void;

/** One event source in the window. */
export class Signal<T> {
  readonly #listeners = new Set<(payload: T) => void>();

  readonly subscribe: Subscribe<T> = (listener) => {
    this.#listeners.add(listener);
    return () => { this.#listeners.delete(listener); };
  };

  fire(payload: T): void {
    for (const listener of [...this.#listeners]) listener(payload);
  }
}
