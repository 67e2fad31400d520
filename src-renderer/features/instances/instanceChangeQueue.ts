import type { Instance, InstanceChange } from '#contract/instances.ts';
import type { InstanceStore } from './instanceStore.ts';

/** A row is drawn at most four times a second, unless its status moved. */
const QUIET_MS = 250;

interface Timing {
  nowMs(): number;
  /** Calls back once after `delayMs`; the returned function takes it back. */
  after(delayMs: number, callback: () => void): () => void;
}

/**
 * Writes changes into the store. A change that a person waits for (status, health, cause, stage) is written at once,
 * anything else is held back so that one row changes at most every 250 ms.
 */
export class InstanceChangeQueue {
  readonly #store: InstanceStore;
  readonly #timing: Timing;
  readonly #waiting = new Map<string, Instance>();
  readonly #writtenAtMs = new Map<string, number>();
  #cancelFlush: (() => void) | null = null;

  constructor(store: InstanceStore, timing: Timing) {
    this.#store = store;
    this.#timing = timing;
  }

  accept(change: InstanceChange): void {
    if (change.kind === 'snapshot') this.#replaceAll(change.instances);
    else if (change.kind === 'removed') this.#remove(change.instanceId);
    else if (change.instance.deletedAtMs !== null) this.#remove(change.instance.id);
    else this.#change(change.instance);
  }

  dispose(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    this.#waiting.clear();
  }

  #replaceAll(instances: readonly Instance[]): void {
    this.dispose();
    this.#writtenAtMs.clear();
    const kept = instances.filter((instance) => instance.deletedAtMs === null);
    this.#store.setState({ phase: 'live', byId: Object.fromEntries(kept.map((instance) => [instance.id, instance])) });
  }

  #remove(id: string): void {
    this.#waiting.delete(id);
    this.#writtenAtMs.delete(id);
    this.#store.setState(({ byId }) => ({ byId: Object.fromEntries(Object.entries(byId).filter(([key]) => key !== id)) }));
  }

  #change(next: Instance): void {
    const shown = this.#store.getState().byId[next.id];
    const quietUntilMs = (this.#writtenAtMs.get(next.id) ?? -QUIET_MS) + QUIET_MS;
    if (shown === undefined || isUrgent(shown, next) || this.#timing.nowMs() >= quietUntilMs) {
      this.#waiting.delete(next.id);
      this.#write([next]);
      return;
    }
    this.#waiting.set(next.id, next);
    this.#cancelFlush ??= this.#timing.after(QUIET_MS, () => { this.#flush(); });
  }

  #flush(): void {
    this.#cancelFlush = null;
    const held = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#write(held);
  }

  #write(instances: readonly Instance[]): void {
    const nowMs = this.#timing.nowMs();
    for (const { id } of instances) this.#writtenAtMs.set(id, nowMs);
    this.#store.setState(({ byId }) => ({ byId: { ...byId, ...Object.fromEntries(instances.map((instance) => [instance.id, instance])) } }));
  }
}

function isUrgent(shown: Instance, next: Instance): boolean {
  return shown.status !== next.status || shown.health !== next.health || shown.cause !== next.cause
    || shown.stage?.id !== next.stage?.id || shown.url !== next.url || shown.retryAtMs !== next.retryAtMs;
}
