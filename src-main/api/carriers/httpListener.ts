import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { once } from 'node:events';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { decideAccess, hostsOf, SESSION_COOKIE, SESSION_MS, type AccessService } from '../../features/access/index.ts';
import type { ServeMetrics } from './metricsPage.ts';
import type { ModelPortCarrier } from './modelPortCarrier.ts';
import type { RestCarrier } from './restCarrier.ts';
import type { WebSocketCarrier } from './webSocketCarrier.ts';
import { sendRefusalPage } from './refusalPage.ts';
import { sendText, setSecurityHeaders, type ServeFiles } from './windowFiles.ts';

interface ListenerDeps {
  access: AccessService;
  rest: RestCarrier;
  webSocket: WebSocketCarrier;
  modelPort: ModelPortCarrier;
  serveWindow: ServeFiles;
  serveMetrics: ServeMetrics;
  clock: Clock;
  log: Logger;
}

/** Where to listen: an address and port with optional TLS, or the local socket of the data folder. */
export type ListenPlace =
  | { kind: 'tcp'; address: string; port: number; allowedHosts: readonly string[]; tls: { certificate: string; key: string } | null }
  | { kind: 'socket'; path: string };

const REFUSALS = { host: 403, origin: 403, token: 401 } as const;
const KEEP_ALIVE_MS = 75_000;
/** So long the last words to each client may take to go out. */
const LAST_WORDS_MS = 250;

/** One HTTP listener: /health, /api, /rpc, /frames, the window and the model port, each behind the same access decision. */
export class HttpListener {
  readonly #deps: ListenerDeps;
  readonly #place: ListenPlace;
  #server: Server | null = null;
  #allowedHosts: ReadonlySet<string> = new Set();

  constructor(deps: ListenerDeps, place: ListenPlace) {
    this.#deps = deps;
    this.#place = place;
  }

  /** `http://127.0.0.1:8337`; null for the local socket and while it does not listen. */
  get url(): string | null {
    const place = this.#place;
    if (this.#server?.listening !== true || place.kind === 'socket') return null;
    const host = place.address === '0.0.0.0' || place.address === '::' ? '127.0.0.1' : place.address;
    return `${place.tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${portOf(this.#server)}`;
  }

  /** @throws what Node throws when the address cannot be had, such as EADDRINUSE. */
  async start(): Promise<void> {
    if (this.#server !== null) return;
    const place = this.#place;
    const handle = (request: IncomingMessage, response: ServerResponse): void => { this.#handle(request, response); };
    const server = place.kind === 'tcp' && place.tls !== null
      ? createHttpsServer({ cert: place.tls.certificate, key: place.tls.key }, handle)
      : createHttpServer(handle);
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.on('upgrade', (request, socket, head) => { this.#upgrade(request, socket, head); });
    if (place.kind === 'tcp') server.listen(place.port, place.address);
    else server.listen(place.path);
    await once(server, 'listening');
    this.#server = server;
    if (place.kind === 'tcp') this.#allowedHosts = hostsOf({ address: place.address, port: portOf(server), allowed: place.allowedHosts });
  }

  /** Takes nobody any more, and lets go of whoever is connected. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = once(server, 'close');
    server.close();
    const cutOff = this.#deps.clock.after(LAST_WORDS_MS, () => { server.closeAllConnections(); });
    await closed;
    cutOff();
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    this.#route(request, response).catch((error: unknown) => {
      this.#deps.log.error('listener.failed', { error });
      if (!response.headersSent) sendText(response, 500, 'The backend could not answer; its log says why.');
      else response.destroy();
    });
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = readUrl(request);
    const decision = this.#decide(request, false);
    const { modelPort } = this.#deps;
    if (modelPort.answers(url.pathname)) { modelPort.handle(request, response, decision); return; }
    if (decision.kind === 'refuse' && decision.reason !== 'token') { this.#refuse(response, decision.reason); return; }
    if (this.#answerStranger(url, request, response)) return;
    const isScrape = url.pathname === '/metrics' && modelPort.mayRead(request);
    if (decision.kind === 'refuse' && !isScrape) { this.#refuseKey(request, response); return; }
    await this.#serve(url, request, response);
  }

  async #serve(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (url.pathname === '/api' || url.pathname.startsWith('/api/')) { await this.#deps.rest.handle(request, response, url.pathname); return; }
    if (url.pathname === '/metrics') { await this.#deps.serveMetrics(request, response); return; }
    this.#serveWindow(request, response);
  }

  #serveWindow(request: IncomingMessage, response: ServerResponse): void {
    if (request.method === 'GET' || request.method === 'HEAD') this.#deps.serveWindow(request, response);
    else sendText(response, 405, 'This address can only be read.');
  }

  /** What needs no key: whether somebody is there, as Ollama's program asks too, and trading a one-time token for a session. */
  #answerStranger(url: URL, request: IncomingMessage, response: ServerResponse): boolean {
    if (url.pathname === '/health') sendJson(response, { status: 'ok', pid: process.pid });
    else if (url.pathname === '/' && request.method === 'HEAD') sendNothing(response);
    else if (url.pathname === '/' && url.searchParams.has('token')) this.#redeem(url, request, response);
    else return false;
    return true;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => { socket.destroy(); });
    const decision = this.#decide(request, true);
    if (decision.kind === 'refuse') { endUpgrade(socket, `${REFUSALS[decision.reason]} Refused`); return; }
    if (!this.#deps.webSocket.upgrade(request, socket, head, readUrl(request).pathname)) endUpgrade(socket, '404 Not Found');
  }

  #decide(request: IncomingMessage, isUpgrade: boolean): ReturnType<typeof decideAccess> {
    const { access } = this.#deps;
    const { host, origin, cookie } = request.headers;
    return decideAccess({
      isLocalSocket: this.#place.kind === 'socket', host, origin, isUpgrade,
      hasSession: access.isSession(readCookie(cookie, SESSION_COOKIE)),
      hasToken: access.isToken(readToken(request)),
    }, this.#allowedHosts);
  }

  #redeem(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const session = this.#deps.access.redeemLinkToken(url.searchParams.get('token') ?? '');
    if (session === null) { this.#refuseKey(request, response); return; }
    const secure = this.#place.kind === 'tcp' && this.#place.tls !== null ? '; Secure' : '';
    setSecurityHeaders(response);
    response.writeHead(303, { location: '/', 'set-cookie': `${SESSION_COOKIE}=${session}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_MS / 1000}${secure}` });
    response.end();
  }

  /** A page for people, one line for programs. */
  #refuseKey(request: IncomingMessage, response: ServerResponse): void {
    if (request.headers.accept?.includes('text/html') === true) sendRefusalPage(response, REFUSALS.token);
    else this.#refuse(response, 'token');
  }

  #refuse(response: ServerResponse, reason: keyof typeof REFUSALS): void {
    const sentences = {
      host: 'This name is not one that Wheelhouse answers to. Add it to the setting listener.allowedHosts if it should be.',
      origin: 'A page of another origin may not use Wheelhouse.',
      token: 'This needs a key. Run "wheelhouse status --link" for a fresh address of the window; scripts send the token of run/token in the data folder.',
    };
    sendText(response, REFUSALS[reason], sentences[reason]);
  }
}

function endUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function readUrl(request: IncomingMessage): URL {
  return URL.parse(request.url ?? '/', 'http://localhost') ?? new URL('http://localhost/');
}

/** As scripts send it, or as Anthropic's clients do. */
function readToken({ headers }: IncomingMessage): string | undefined {
  const named = headers['x-api-key'];
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? (typeof named === 'string' ? named : undefined);
}

function readCookie(header: string | undefined, name: string): string | undefined {
  return header?.split(';').map((part) => part.trim().split('=')).find(([key]) => key === name)?.[1];
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function sendNothing(response: ServerResponse): void {
  setSecurityHeaders(response);
  response.writeHead(200, { 'cache-control': 'no-store' });
  response.end();
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
