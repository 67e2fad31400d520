import { createORPCClient } from '@orpc/client';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { Signal } from '../base/signal.ts';
import type { Carrier, CloseReason, Link, OpenCarrier } from './carrier.ts';
import type { Client } from './client.ts';
import type { FramePort } from './frames.ts';

/** Thrown by every call that is made or under way while there is no connection. */
export class ConnectionLostError extends Error {
  constructor() {
    super('no connection to the backend');
    this.name = 'ConnectionLostError';
  }
}

/** `connecting` is the first try only; after it a connection is `open` or `lost`. */
export type ConnectionState =
  | { kind: 'connecting' }
  | { kind: 'open' }
  | { kind: 'lost'; retryAtMs: number; attempt: number; reason: CloseReason };

const RETRY_MS = [500, 1_000, 2_000, 4_000, 5_000] as const;

/** One client and one frame channel that outlive every break of what carries them. */
export class Connection {
  readonly state: StoreApi<ConnectionState> = createStore<ConnectionState>(() => ({ kind: 'connecting' }));
  readonly client: Client;
  readonly frames: FramePort;
  readonly #openCarrier: OpenCarrier;
  readonly #didOpen = new Signal<void>();
  readonly #didClose = new Signal<void>();
  readonly #didFrame = new Signal<Uint8Array>();
  #link: Link | null = null;
  #carrier: Carrier | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #attempt = 0;

  readonly onOpen = this.#didOpen.subscribe;
  readonly onClose = this.#didClose.subscribe;

  constructor(openCarrier: OpenCarrier) {
    this.#openCarrier = openCarrier;
    this.client = createORPCClient<Client>({
      call: async (path, input, options) => {
        const link = this.#link;
        if (link === null) throw new ConnectionLostError();
        try {
          return await link.call(path, input, options);
        } catch (error) {
          if (this.#link !== link) throw new ConnectionLostError();
          throw error;
        }
      },
    });
    const isOpen = (): boolean => this.#link !== null;
    this.frames = {
      get isOpen() { return isOpen(); },
      send: (frame) => { if (isOpen()) this.#carrier?.sendFrame(frame); },
      onFrame: this.#didFrame.subscribe,
      onOpen: this.onOpen,
      onClose: this.onClose,
    };
  }

  get isOpen(): boolean {
    return this.#link !== null;
  }

  /** Begins, or tries again at once when it is waiting for its next try. */
  start(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#carrier !== null) return;
    this.#carrier = this.#openCarrier({
      onOpen: (link) => { this.#open(link); },
      onFrame: (frame) => { this.#didFrame.fire(frame); },
      onClose: (reason) => { this.#close(reason); },
    });
  }

  #open(link: Link): void {
    this.#link = link;
    this.#attempt = 0;
    this.state.setState({ kind: 'open' }, true);
    this.#didOpen.fire();
  }

  #close(reason: CloseReason): void {
    const wasOpen = this.#link !== null;
    this.#link = null;
    this.#carrier = null;
    const waitMs = RETRY_MS[Math.min(this.#attempt, RETRY_MS.length - 1)] ?? 5_000;
    this.#attempt += 1;
    this.#timer = setTimeout(() => { this.start(); }, waitMs);
    this.state.setState({ kind: 'lost', retryAtMs: Date.now() + waitMs, attempt: this.#attempt, reason }, true);
    if (wasOpen) this.#didClose.fire();
  }
}
