/** Something handed out that ends: a subscription, a lease, a temporary file. May be disposed twice. */
export interface Disposable {
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Turns a function into a Disposable that calls it once. */
export function toDisposable(end: () => void): Disposable {
  let isDone = false;
  const dispose = (): void => {
    if (isDone) return;
    isDone = true;
    end();
  };
  return { dispose, [Symbol.dispose]: dispose };
}

/** Collects disposables and ends them in reverse order. */
export class DisposableStack {
  readonly #items: Disposable[] = [];

  add<T extends Disposable>(item: T): T {
    this.#items.push(item);
    return item;
  }

  defer(end: () => void): void {
    this.#items.push(toDisposable(end));
  }

  dispose(): void {
    for (const item of this.#items.splice(0).reverse()) item.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
