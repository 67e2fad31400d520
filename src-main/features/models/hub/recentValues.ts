/** Keeps the values that were asked for last; two who ask for one that is being read wait for the same reading. */
export class RecentValues<T> {
  readonly #limit: number;
  readonly #values = new Map<string, Promise<T>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A reading that fails is not kept, and whoever only waited for it reads for itself: the first may have been aborted. */
  async getOrRead(key: string, read: () => Promise<T>): Promise<T> {
    const waiting = this.#values.get(key);
    const kept = waiting === undefined ? null : await waiting.then((value) => ({ value }), () => null);
    return this.#keep(key, kept === null ? read() : Promise.resolve(kept.value));
  }

  async #keep(key: string, value: Promise<T>): Promise<T> {
    this.#values.delete(key);
    this.#values.set(key, value);
    this.#dropOldest();
    try {
      return await value;
    } catch (error) {
      if (this.#values.get(key) === value) this.#values.delete(key);
      throw error;
    }
  }

  #dropOldest(): void {
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= this.#limit) return;
      this.#values.delete(oldest);
    }
  }
}
