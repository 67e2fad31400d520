import type { NetConnectOpts, SocketConstructorOpts } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { GatedAgent, type GatedSocket } from './gatedSocket.ts';

/** A connection that nobody uses yet. */
interface Spare { readonly socket: GatedSocket; readonly stopWatching: () => void }

/**
 * For servers that close each connection behind its answer: when one has closed, the next is made at once, so that the next
 * request need not wait until it is connected. There is one for each server, which goes when nobody uses it in time.
 */
export class AheadAgent extends GatedAgent {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #idleMs: number;
  readonly #spares = new Map<string, Spare>();
  #isDestroyed = false;

  constructor({ clock, idleMs }: { clock: Pick<Clock, 'after'>; idleMs: number }) {
    super({ keepAlive: false });
    this.#clock = clock;
    this.#idleMs = idleMs;
  }

  override createConnection(options: NetConnectOpts & SocketConstructorOpts): GatedSocket {
    const name = this.getName(options);
    const socket = this.#take(name) ?? super.createConnection(options);
    socket.once('close', () => { if (!this.#isDestroyed && !this.#spares.has(name)) this.#keep(name, super.createConnection(options)); });
    return socket;
  }

  override destroy(): void {
    this.#isDestroyed = true;
    for (const { socket } of this.#spares.values()) socket.destroy();
    super.destroy();
  }

  #keep(name: string, socket: GatedSocket): void {
    const forget = (): void => { if (this.#spares.get(name)?.socket === socket) this.#spares.delete(name); };
    const stopWaiting = this.#clock.after(this.#idleMs, () => { socket.destroy(); });
    // A server that has gone is told to whoever asks it next.
    const ignore = (): void => undefined;
    socket.once('close', forget).once('close', stopWaiting).on('error', ignore);
    this.#spares.set(name, { socket, stopWatching: () => { stopWaiting(); socket.off('close', forget).off('close', stopWaiting).off('error', ignore); } });
  }

  #take(name: string): GatedSocket | null {
    const spare = this.#spares.get(name);
    this.#spares.delete(name);
    // One that its server has closed is not destroyed yet in the turn in which that is read.
    if (spare === undefined || spare.socket.destroyed || spare.socket.readableEnded) return null;
    spare.stopWatching();
    return spare.socket;
  }
}
