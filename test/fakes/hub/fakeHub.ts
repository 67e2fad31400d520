import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { readBody, sendJson, type Exchange } from './exchange.ts';
import type { FakeHubOptions, FakeRepo, Fault, SeenRequest } from './fakeRepo.ts';
import { FaultPlan, faultOf } from './faultPlan.ts';
import { HubRoutes } from './hubRoutes.ts';
import { HubStore, readRepoFolder } from './hubStore.ts';
import { sendFromCdn } from './resolveAnswer.ts';

/** The stand-in hub and its CDN, each a server of its own on 127.0.0.1. */
export class FakeHub {
  readonly store = new HubStore();
  readonly requests: SeenRequest[] = [];
  readonly #options: FakeHubOptions;
  readonly #faults = new FaultPlan();
  readonly #hub: Server;
  readonly #cdn: Server;
  readonly #routes: HubRoutes;

  constructor(options: FakeHubOptions) {
    this.#options = options;
    this.#hub = createServer((request, response) => { this.#take('hub', request, response).catch(breakOff(response)); });
    this.#cdn = createServer((request, response) => { this.#take('cdn', request, response).catch(breakOff(response)); });
    this.#routes = new HubRoutes({ store: this.store, options, cdnOrigin: () => this.cdnUrl });
    this.setFaults(options.faults ?? []);
  }

  get url(): string { return originOf(this.#hub); }
  get cdnUrl(): string { return originOf(this.#cdn); }

  /** Hashes what is announced, then listens. */
  async start(): Promise<void> {
    const fromFolder = this.#options.folder === undefined ? [] : readRepoFolder(this.#options.folder);
    for (const repo of [...fromFolder, ...this.#options.repos ?? []]) await this.put(repo);
    this.#cdn.listen(0, '127.0.0.1');
    this.#hub.listen(this.#options.port ?? 0, '127.0.0.1');
    for (const server of [this.#hub, this.#cdn]) if (!server.listening) await once(server, 'listening');
  }

  /** Adds a repository, or the next commit of one. Gives the commit's sha. */
  put(repo: FakeRepo): Promise<string> { return this.store.put(repo); }
  setFaults(faults: readonly Fault[]): void { this.#faults.set(faults); }

  async stop(): Promise<void> {
    for (const server of [this.#hub, this.#cdn]) {
      server.closeAllConnections();
      if (server.listening) await new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
    }
  }

  async #take(where: 'hub' | 'cdn', request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    const origin = where === 'hub' ? this.url : this.cdnUrl;
    const seen: SeenRequest = {
      where, path, method: request.method ?? 'GET', range: request.headers.range ?? null, hasToken: request.headers.authorization !== undefined,
      userAgent: request.headers['user-agent'] ?? '', status: null, bytesSent: 0, end: 'open',
    };
    const exchange: Exchange = { request, response, seen, origin, url: new URL(path, origin), faults: [] };
    if (where === 'hub' && path.startsWith('/-/')) { await this.#control(exchange); return; }
    this.requests.push(seen);
    exchange.faults = this.#faults.take(where, `${seen.method} ${path}`);
    watchEnd(exchange);
    setCommonHeaders(exchange);
    if (await applyEarlyFaults(exchange)) return;
    await (where === 'hub' ? this.#routes.answer(exchange) : sendFromCdn(exchange, this.store));
  }

  /** What a test asks of the stand-in itself while it runs as a program. */
  async #control(exchange: Exchange): Promise<void> {
    const route = `${exchange.seen.method} ${exchange.url.pathname}`;
    const body = await readBody(exchange.request);
    if (route === 'GET /-/requests') sendJson(exchange, 200, this.requests);
    else if (route === 'DELETE /-/requests') { this.requests.length = 0; sendJson(exchange, 200, {}); }
    else if (route === 'PUT /-/faults') { this.setFaults(JSON.parse(body) as Fault[]); sendJson(exchange, 200, {}); }
    else if (route === 'POST /-/repos') sendJson(exchange, 200, { sha: await this.put(JSON.parse(body) as FakeRepo) });
    else sendJson(exchange, 404, { error: `no ${route}` });
  }
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo | null)?.port ?? 0}`;
}

/** A bug in the stand-in must not look like an answer. */
function breakOff(response: ServerResponse): (error: unknown) => void {
  return (error) => {
    if (!response.destroyed) console.error('fake hub:', error);
    response.destroy();
  };
}

function watchEnd({ response, seen }: Exchange): void {
  response.on('finish', () => { seen.status = response.statusCode; seen.end = 'finished'; });
  response.on('close', () => {
    seen.status ??= response.headersSent ? response.statusCode : null;
    if (seen.end === 'open') seen.end = 'client';
  });
}

function setCommonHeaders({ response, seen, url }: Exchange): void {
  response.setHeader('X-Request-Id', 'Root=1-00000000-000000000000000000000000');
  if (seen.where === 'cdn') return;
  const bucket = url.pathname.includes('/resolve') ? 'resolvers' : 'api';
  response.setHeader('RateLimit', `"${bucket}";r=2998;t=172`);
  response.setHeader('RateLimit-Policy', `"fixed window";"${bucket}";q=3000;w=300`);
}

/** The faults that keep a request from being answered at all. Returns whether one did. */
async function applyEarlyFaults(exchange: Exchange): Promise<boolean> {
  const { response, faults, seen } = exchange;
  const late = faultOf(faults, 'delay');
  if (late !== undefined) await delay(late.ms);
  if (faultOf(faults, 'cut')?.afterBytes === 0) { seen.end = 'cut'; response.destroy(); return true; }
  const limited = faultOf(faults, 'rateLimit');
  if (limited !== undefined) {
    response.setHeader('RateLimit', `"api";r=0;t=${limited.retryAfterSeconds}`);
    sendJson(exchange, 429, { error: 'We had to rate limit you' }, limited.hasRetryAfter === false ? {} : { 'Retry-After': limited.retryAfterSeconds });
    return true;
  }
  const refused = faultOf(faults, 'status');
  if (refused !== undefined) sendJson(exchange, refused.status, refused.body ?? { error: 'Internal Error - We are working hard to fix this as soon as possible!' }, refused.headers);
  return refused !== undefined;
}
