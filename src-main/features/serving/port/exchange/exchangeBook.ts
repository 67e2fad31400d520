import type { ServingRequest } from '#contract/serving.ts';
import type { Clock } from '../../../../base/clock.ts';
import { Emitter } from '../../../../base/emitter.ts';
import { createId } from '../../../../base/ids.ts';
import { Exchange, type ExchangeFacts, type StopCause } from './exchange.ts';

const KEPT_ENDED = 100;

/** Knows every request that is under way, and the last ones that ended. */
export class ExchangeBook {
  readonly #clock: Clock;
  readonly #running = new Map<string, Exchange>();
  readonly #ended: ServingRequest[] = [];
  readonly #didChange = new Emitter<Exchange>();
  readonly #didEnd = new Emitter<Exchange>();
  #closing: StopCause | null = null;

  /** Something about one request is different, its end included. */
  readonly onDidChange = this.#didChange.event;
  /** Fires once for each request, after its last byte. */
  readonly onDidEnd = this.#didEnd.event;

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock;
  }

  /** One that comes after `stopAll` is stopped at once. */
  open(facts: ExchangeFacts): Exchange {
    const exchange: Exchange = new Exchange({ id: createId('req', this.#clock.nowMs()), facts, clock: this.#clock, onChange: () => { this.#didChange.fire(exchange); } });
    this.#running.set(exchange.id, exchange);
    if (this.#closing !== null) exchange.stop(this.#closing);
    this.#didChange.fire(exchange);
    return exchange;
  }

  /** `status` is what the client was told, 499 when it had gone. Twice is harmless. */
  close(exchange: Exchange, status: number): void {
    if (!this.#running.delete(exchange.id)) return;
    exchange.end(status);
    this.#ended.unshift(exchange.describe());
    this.#ended.splice(KEPT_ENDED);
    this.#didEnd.fire(exchange);
  }

  get(id: string): Exchange | null {
    return this.#running.get(id) ?? null;
  }

  /** The oldest first. */
  list(): ServingRequest[] {
    return Array.from(this.#running.values(), (exchange) => exchange.describe());
  }

  /** The last hundred that ended, the newest first. */
  recent(): readonly ServingRequest[] {
    return this.#ended;
  }

  get isGenerating(): boolean {
    return this.#running.values().some((exchange) => exchange.isGenerating);
  }

  /** Whether there was such a request under way. */
  cancel(id: string): boolean {
    const exchange = this.#running.get(id);
    exchange?.stop('cancelled');
    return exchange !== undefined;
  }

  /** Stops all that runs and all that will come; resolves when the last has ended. */
  async stopAll(cause: StopCause): Promise<void> {
    this.#closing = cause;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const ended = this.onDidEnd(() => { if (this.#running.size === 0) resolve(undefined); });
    for (const exchange of this.#running.values()) exchange.stop(cause);
    if (this.#running.size > 0) await promise;
    ended.dispose();
  }
}
