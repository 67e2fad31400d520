import { Agent } from 'node:http';
import { Socket, type NetConnectOpts, type SocketConstructorOpts } from 'node:net';
import type { ReadGate } from './upstream.ts';

/** A connection whose reading can rest: a pause of Node's own socket reads one piece more, this one none. */
export class GatedSocket extends Socket implements ReadGate {
  #isHeld = false;
  #isAsked = false;

  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    if (!this.#isAsked) return;
    this.#isAsked = false;
    if (!this.destroyed) super._read(0);
  }

  /** Node's socket stops reading where this says that there is enough. */
  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    return super.push(chunk, encoding) && !this.#isHeld;
  }

  override _read(size: number): void {
    if (this.#isHeld) this.#isAsked = true;
    else super._read(size);
  }
}

/** Keeps connections like its base, of the kind whose reading can rest. */
export class GatedAgent extends Agent {
  override createConnection(options: NetConnectOpts & SocketConstructorOpts): GatedSocket {
    return new GatedSocket(options).connect(options);
  }
}
