import { RPCHandler } from '@orpc/server/ws';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { Clock } from '../../base/clock.ts';
import type { TerminalService } from '../../features/terminals/index.ts';
import type { AppRouter } from '../router.ts';
import type { NoContext, RpcBoundary } from './rpcBoundary.ts';

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const PING_EVERY_MS = 30_000;

interface WebSocketDeps { router: AppRouter; boundary: RpcBoundary; terminals: TerminalService; clock: Clock }

/** Serves calls under /rpc and terminal frames under /frames; who may in was decided before. */
export class WebSocketCarrier {
  readonly #deps: WebSocketDeps;
  readonly #handler: RPCHandler<NoContext>;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  #stopPinging: (() => void) | null = null;

  constructor(deps: WebSocketDeps) {
    this.#deps = deps;
    this.#handler = new RPCHandler(deps.router, deps.boundary);
  }

  /** Pings every client now and then; one that did not answer the last ping is dropped. */
  start(): void {
    const silent = new WeakSet<WebSocket>();
    this.#stopPinging ??= this.#deps.clock.every(PING_EVERY_MS, () => {
      for (const socket of this.#server.clients) {
        if (silent.has(socket)) { socket.terminate(); continue; }
        silent.add(socket);
        socket.once('pong', () => { silent.delete(socket); });
        socket.ping();
      }
    });
  }

  /** Closes every connection; clients are told that the backend goes away. */
  stop(): void {
    this.#stopPinging?.();
    this.#stopPinging = null;
    for (const socket of this.#server.clients) {
      socket.close(1001, 'going away');
      socket.terminate();
    }
  }

  /** Takes an upgrade of a known path; false when the path is none of ours. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, path: string): boolean {
    if (path !== '/rpc' && path !== '/frames') return false;
    this.#server.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => { client.terminate(); });
      if (path === '/rpc') this.#handler.upgrade(client, { context: {} }).catch(() => { client.terminate(); });
      else this.#serveFrames(client);
    });
    return true;
  }

  #serveFrames(client: WebSocket): void {
    const relay = this.#deps.terminals.openRelay((frame) => { client.send(frame); });
    client.on('message', (data: RawData, isBinary) => {
      if (isBinary && Buffer.isBuffer(data)) relay.receive(data);
    });
    client.on('close', () => { relay.dispose(); });
  }
}
