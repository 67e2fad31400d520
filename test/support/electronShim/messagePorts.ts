import { EventEmitter } from 'node:events';

/** One message under way, with the endpoints that travel with it. */
export interface Envelope {
  data: unknown;
  ports: Endpoint[];
}

interface Receiver {
  message(envelope: Envelope): void;
  closed(): void;
}

/** One end of a channel. Keeps what arrives until somebody receives, so that a transferred port loses nothing. */
export class Endpoint {
  #peer: Endpoint | null = null;
  #receiver: Receiver | null = null;
  #queue: Envelope[] = [];
  #isClosed = false;

  static createPair(): [Endpoint, Endpoint] {
    const [first, second] = [new Endpoint(), new Endpoint()];
    first.#peer = second;
    second.#peer = first;
    return [first, second];
  }

  /** Sends to the other end, on a later turn as a real port does. */
  post(envelope: Envelope): void {
    const peer = this.#peer;
    if (peer && !this.#isClosed) setImmediate(() => { peer.#take(envelope); });
  }

  receive(receiver: Receiver): void {
    this.#receiver = receiver;
    for (const envelope of this.#queue.splice(0)) receiver.message(envelope);
    if (this.#isClosed) receiver.closed();
  }

  /** Stops receiving; what arrives from now on waits for the next receiver. */
  release(): void {
    this.#receiver = null;
  }

  /** Ends both ends; what was posted before still arrives. */
  close(): void {
    const peer = this.#peer;
    if (peer) setImmediate(() => { peer.#end(); });
    this.#end();
  }

  #take(envelope: Envelope): void {
    if (this.#isClosed) return;
    if (this.#receiver) this.#receiver.message(envelope);
    else this.#queue.push(envelope);
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#receiver?.closed();
  }
}

/** A message port of the main process, as Electron's: `message` carries `{ data, ports }`, `close` comes once. */
export class MessagePortMain extends EventEmitter {
  #endpoint: Endpoint | null;

  constructor(endpoint: Endpoint) {
    super();
    this.#endpoint = endpoint;
  }

  postMessage(message: unknown, transfer: MessagePortMain[] = []): void {
    const endpoint = this.#endpoint;
    if (!endpoint) return;
    endpoint.post({ data: structuredClone(message), ports: transfer.map((port) => port.detach()) });
  }

  start(): void {
    this.#endpoint?.receive({
      message: ({ data, ports }) => { this.emit('message', { data, ports: ports.map((port) => new MessagePortMain(port)) }); },
      closed: () => {
        this.#endpoint = null;
        this.emit('close');
      },
    });
  }

  close(): void {
    this.#endpoint?.close();
    this.#endpoint = null;
  }

  /** Takes the endpoint away for a transfer; the port is of no more use. @throws TypeError when it has gone already. */
  detach(): Endpoint {
    const endpoint = this.#endpoint;
    if (!endpoint) throw new TypeError('Port at index 0 is already neutered');
    this.#endpoint = null;
    endpoint.release();
    return endpoint;
  }
}

export class MessageChannelMain {
  readonly port1: MessagePortMain;
  readonly port2: MessagePortMain;

  constructor() {
    const [first, second] = Endpoint.createPair();
    this.port1 = new MessagePortMain(first);
    this.port2 = new MessagePortMain(second);
  }
}
