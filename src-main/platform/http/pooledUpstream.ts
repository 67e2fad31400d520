import { request as requestPlain, type ClientRequest, type RequestOptions } from 'node:http';
import { Agent as TlsAgent, request as requestTls } from 'node:https';
import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { AheadAgent } from './aheadAgent.ts';
import { GatedAgent, GatedSocket } from './gatedSocket.ts';
import { joinPath } from './joinPath.ts';
import type { Upstream, UpstreamRequest, UpstreamResponse, UpstreamTarget } from './upstream.ts';

/** llama-server closes idle connections after 5 s: one that idled longer than this is not used again. */
const IDLE_MS = 4_000;
const CONNECT_MS = 10_000;
/** llama-server closes its connection after each stream although it says that it keeps it: the next request on it would be lost. */
const CLOSING_SERVER = 'llama.cpp';

class ConnectTimeoutError extends Error {
  readonly code = 'ETIMEDOUT';
}

class NoAnswerError extends Error {
  readonly code = 'ECONNRESET';
}

/** Keeps connections to each target. Nothing but connecting is limited in time: models load and think for as long as they need. */
export class PooledUpstream implements Upstream {
  readonly #clock: Clock;
  readonly #kept = { plain: new GatedAgent({ keepAlive: true, timeout: IDLE_MS }), tls: new TlsAgent({ keepAlive: true, timeout: IDLE_MS }) };
  /** Each request gets a connection of its own. */
  readonly #single: { readonly plain: AheadAgent; readonly tls: TlsAgent };
  readonly #closing = new Set<string>();
  readonly #running = new Set<ClientRequest>();

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock;
    this.#single = { plain: new AheadAgent({ clock, idleMs: IDLE_MS }), tls: new TlsAgent({ keepAlive: false }) };
  }

  send({ target, method, path, headers, body, signal }: UpstreamRequest): Promise<UpstreamResponse> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const asking = this.#open(target, { method, path, headers: { ...headers, ...toLength(body), ...target.headers } });
      let isAnswered = false;
      let breakOff = (reason: Error): void => { asking.destroy(reason); };
      const abort = (): void => { breakOff(toError(signal.reason)); };
      signal.addEventListener('abort', abort, { once: true });
      this.#running.add(asking);
      asking.once('close', () => {
        signal.removeEventListener('abort', abort);
        this.#running.delete(asking);
        // An answer that changes the protocol is none.
        if (!isAnswered) reject(new NoAnswerError('the connection was closed without an answer'));
      });
      asking.on('error', reject);
      asking.once('response', (response) => {
        isAnswered = true;
        breakOff = (reason) => { response.destroy(reason); };
        // Whoever reads the body is told too; nobody need read it.
        response.on('error', () => undefined);
        this.#noteServer(target, response.headers['server']);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: response, gate: response.socket instanceof GatedSocket ? response.socket : null });
      });
      this.#limitConnecting(asking);
      if (isPieces(body)) for (const piece of body) asking.write(piece);
      asking.end(isPieces(body) ? undefined : body ?? undefined);
    });
  }

  async close(): Promise<void> {
    for (const asking of this.#running) asking.destroy();
    for (const agents of [this.#kept, this.#single]) for (const agent of Object.values(agents)) agent.destroy();
    await Promise.resolve();
  }

  #open(target: UpstreamTarget, { path, ...options }: RequestOptions & { path: string }): ClientRequest {
    const origin = new URL(target.origin);
    const { hostname, port, protocol } = origin;
    const agents = this.#closing.has(toKey(target)) ? this.#single : this.#kept;
    const place = { path: joinPath(origin, path), host: hostname.replace(/^\[|\]$/g, ''), port, ...(target.socketPath !== null && { socketPath: target.socketPath }) };
    return protocol === 'https:' ? requestTls({ ...options, ...place, agent: agents.tls }) : requestPlain({ ...options, ...place, agent: agents.plain });
  }

  #limitConnecting(asking: ClientRequest): void {
    asking.once('socket', (socket: Socket) => {
      if (!socket.connecting) return;
      const stop = this.#clock.after(CONNECT_MS, () => { asking.destroy(new ConnectTimeoutError(`no connection after ${CONNECT_MS} ms`)); });
      asking.once('close', stop);
      socket.once(asking.protocol === 'https:' ? 'secureConnect' : 'connect', stop);
    });
  }

  #noteServer(target: UpstreamTarget, server: unknown): void {
    if (server === CLOSING_SERVER) this.#closing.add(toKey(target));
    else this.#closing.delete(toKey(target));
  }
}

function toKey({ origin, socketPath }: UpstreamTarget): string {
  return `${origin} ${socketPath ?? ''}`;
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}

function isPieces(body: UpstreamRequest['body']): body is readonly Uint8Array[] {
  return Array.isArray(body);
}

function toLength(body: UpstreamRequest['body']): Record<string, string> {
  if (body === null || body === undefined) return {};
  const bytes = isPieces(body) ? body.reduce((sum, { byteLength }) => sum + byteLength, 0) : Buffer.byteLength(body);
  return { 'content-length': String(bytes) };
}
