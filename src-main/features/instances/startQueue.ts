import { toDisposable, type Disposable } from '../../base/disposables.ts';

interface Waiter { readonly grant: () => void }

/** Lets so many instances install or start at once; the others wait in the order in which they came. */
export class StartQueue {
  readonly #getLimit: () => number;
  readonly #waiters: Waiter[] = [];
  #held = 0;

  constructor({ getLimit }: { getLimit: () => number }) {
    this.#getLimit = getLimit;
  }

  get waitingCount(): number {
    return this.#waiters.length;
  }

  /** Resolves with a slot; dispose it to let the next one in. Rejects when the signal aborts first. */
  acquire(signal: AbortSignal): Promise<Disposable> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        const index = this.#waiters.indexOf(waiter);
        if (index >= 0) this.#waiters.splice(index, 1);
        reject(new Error('aborted', { cause: signal.reason }));
      };
      const waiter: Waiter = {
        grant: () => {
          signal.removeEventListener('abort', abort);
          this.#held += 1;
          resolve(toDisposable(() => { this.#held -= 1; this.#advance(); }));
        },
      };
      if (signal.aborted) { abort(); return; }
      signal.addEventListener('abort', abort, { once: true });
      this.#waiters.push(waiter);
      this.#advance();
    });
  }

  #advance(): void {
    while (this.#held < this.#getLimit()) {
      const next = this.#waiters.shift();
      if (next === undefined) return;
      next.grant();
    }
  }
}
