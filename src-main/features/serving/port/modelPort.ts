import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiKeyScope } from '#contract/apiKeys.ts';
import { createId } from '../../../base/ids.ts';
import { KEY_PREFIX } from '../keys/apiKeyService.ts';
import { decideCaller, type Caller } from './callerPolicy.ts';
import type { Dialect } from './errorBodies.ts';
import { ReadRounds } from '../../../platform/http/readRounds.ts';
import { WriteRounds } from '../../../platform/http/writeRounds.ts';
import { LongTexts, RestoringUpstream } from './longTexts.ts';
import type { PortDeps } from './portDeps.ts';
import { ResponseStore } from './responses/responseStore.ts';
import { createProblem, PortError, SHUTTING_DOWN, type PortProblem } from './portError.ts';
import { MAX_BODY_BYTES } from './requestBody.ts';
import { readCallerFacts } from './requestFacts.ts';
import { isPortPath, PORT_ROUTES, type PortRoute } from './routes.ts';
import { sendProblem } from './sendJson.ts';

/** What the listener knows of a request. */
export interface PortVisitor {
  /** The window's session, the token for scripts or the local socket vouches for it. */
  readonly isOwner: boolean;
  /** The page of another origin that makes it, one that was allowed; null for none. */
  readonly foreignOrigin: string | null;
}

const MAX_ID_LETTERS = 1_000;
const REFUSED_KEYS = {
  missing: 'You must provide an API key: Authorization: Bearer whk_… or x-api-key.',
  unknown: 'This API key is not known here.', revoked: 'This API key was revoked.', expired: 'This API key has expired.',
} as const;
const STRANGER: PortVisitor = { isOwner: false, foreignOrigin: null };
const STARTING = createProblem(503, 'starting', 'Wheelhouse is starting.', { retryAfterMs: 1_000 });
const ALLOWED_METHODS = 'GET, HEAD, POST, DELETE, OPTIONS';

/** The port that speaks OpenAI's protocol, Anthropic's and Ollama's, in front of every engine. Routing and bodies are Fastify's. */
export class ModelPort {
  readonly #deps: PortDeps;
  readonly #visitors = new WeakMap<IncomingMessage, PortVisitor>();
  readonly #callers = new WeakMap<IncomingMessage, Caller>();
  #app: FastifyInstance | null = null;
  /** What is said while nothing is taken. */
  #refusal = STARTING;

  constructor(deps: Omit<PortDeps, 'responses' | 'writeRounds' | 'readRounds'>) {
    this.#deps = { ...deps, responses: new ResponseStore(), writeRounds: new WriteRounds(deps.clock), readRounds: new ReadRounds(deps.clock) };
  }

  /** Whether this path is answered here. */
  answers(path: string): boolean {
    return isPortPath(path);
  }

  async start(): Promise<void> {
    if (this.#app !== null) return;
    const app = fastify({
      bodyLimit: MAX_BODY_BYTES, exposeHeadRoutes: false, routerOptions: { maxParamLength: MAX_ID_LETTERS, ignoreTrailingSlash: true },
      frameworkErrors: (error, request, reply) => { this.#fail(request, reply, error); },
    });
    app.removeAllContentTypeParsers();
    // The first by its name, since Fastify looks for it by each rule otherwise.
    app.addContentTypeParser(['application/json', '*'], { parseAs: 'buffer' }, (_request, body, done) => { done(null, body); });
    app.addHook('onRequest', (request, reply, done) => { this.#admit(request, reply); done(); });
    app.setErrorHandler((error, request, reply) => { this.#fail(request, reply, error); });
    app.setNotFoundHandler((request, reply) => { this.#fail(request, reply, new PortError(createProblem(404, 'not_found', `There is no ${request.method} ${new URL(request.url, 'http://x').pathname} here.`))); });
    for (const route of PORT_ROUTES) this.#add(app, route);
    await app.ready();
    this.#app = app;
  }

  /** Refuses what comes from now on and ends what runs, each told in its own words; waits until each has been recorded. Twice is harmless. */
  async stop(): Promise<void> {
    const app = this.#app;
    this.#app = null;
    this.#refusal = SHUTTING_DOWN;
    await this.#deps.book.stopAll('shutting_down');
    await app?.close();
  }

  /** Answers a request whose Host and Origin were found to be in order. */
  handle(request: IncomingMessage, response: ServerResponse, visitor: PortVisitor): void {
    this.#visitors.set(request, visitor);
    // A page that an engine sends must not act as one of ours.
    response.setHeader('content-security-policy', 'sandbox allow-scripts');
    response.setHeader('x-content-type-options', 'nosniff');
    if (this.#app === null) { this.#tell(request, response, this.#refusal); return; }
    if (visitor.foreignOrigin !== null) setForeignHeaders(response, visitor.foreignOrigin);
    if (request.method === 'OPTIONS') { sendOptions(request, response); return; }
    this.#app.routing(request, response);
  }

  /** Refuses in the words of the endpoint. */
  refuse(request: IncomingMessage, response: ServerResponse, { code, message }: { code: string; message: string }): void {
    this.#tell(request, response, createProblem(403, code, message));
  }

  /** Whether the key that a request shows may do this. */
  isAllowed(request: IncomingMessage, scope: ApiKeyScope): boolean {
    const decision = this.#decide(request, STRANGER);
    return decision.kind === 'caller' && decision.caller.scopes.includes(scope);
  }

  #decide(request: IncomingMessage, { isOwner, foreignOrigin }: PortVisitor): ReturnType<typeof decideCaller> {
    const { keys, isLoopbackOpen } = this.#deps;
    return decideCaller(readCallerFacts(request, { isOwner, isLoopbackOpen: isLoopbackOpen() && foreignOrigin === null }), (secret) => keys.check(secret), KEY_PREFIX);
  }

  #add(app: FastifyInstance, { method, url, scope, handle }: PortRoute): void {
    app.route({
      method, url, config: { scope },
      handler: async (request, reply) => {
        reply.hijack();
        const { raw } = request;
        const caller = this.#callers.get(raw);
        if (caller === undefined) return;
        const [path = '', query = ''] = request.url.split('?');
        const longTexts = new LongTexts();
        const body = request.body instanceof Buffer ? longTexts.setAside(request.body) : undefined;
        const deps = longTexts.isEmpty ? this.#deps : { ...this.#deps, upstream: new RestoringUpstream(this.#deps.upstream, longTexts) };
        const call = {
          deps, caller, dialect: dialectOf(path), endpoint: url, request: raw, response: reply.raw, body, longTexts,
          params: request.params as Record<string, string>, query: new URLSearchParams(query),
        };
        try {
          await handle(call);
        } catch (error) {
          this.#tell(raw, reply.raw, this.#toProblem(error));
        }
      },
    });
  }

  /** The key comes before everything else, so that a stranger learns of nothing, not even what is missing. */
  #admit(request: FastifyRequest, reply: FastifyReply): void {
    const decision = this.#decide(request.raw, this.#visitors.get(request.raw) ?? STRANGER);
    if (decision.kind === 'refused') throw new PortError(createProblem(401, 'invalid_api_key', REFUSED_KEYS[decision.reason]));
    const { scope } = reply.routeOptions.config as { scope?: ApiKeyScope };
    if (scope !== undefined && !decision.caller.scopes.includes(scope)) throw new PortError(createProblem(403, 'insufficient_scope', `This needs a key with the scope "${scope}".`));
    this.#callers.set(request.raw, decision.caller);
  }

  #fail(request: FastifyRequest, reply: FastifyReply, error: unknown): void {
    reply.hijack();
    this.#tell(request.raw, reply.raw, this.#toProblem(error));
  }

  #toProblem(error: unknown): PortProblem {
    if (error instanceof PortError) return error.problem;
    const status = error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
    if (status === 413) return createProblem(413, 'request_too_large', `The body is larger than ${MAX_BODY_BYTES / 1024 / 1024} MiB.`);
    if (status < 500) return createProblem(status, 'invalid_request', error instanceof Error ? error.message : 'The request cannot be read.');
    this.#deps.log.error('port.failed', { error });
    return createProblem(500, 'internal', 'Something went wrong; the log says more.');
  }

  #tell(request: IncomingMessage, response: ServerResponse, problem: PortProblem): void {
    const requestId = createId('req', this.#deps.clock.nowMs());
    const path = request.url?.split('?')[0] ?? '';
    this.#deps.log.info('port.refused', { requestId, path, status: problem.status, code: problem.code });
    // What was not read of a body must not be taken for the next request.
    if (hasBody(request) && !request.complete && !response.headersSent) response.setHeader('connection', 'close');
    // What has begun cannot become an error: the client sees that it is cut off.
    if (response.headersSent && !response.writableEnded) response.destroy();
    else sendProblem(response, problem, { dialect: dialectOf(path), requestId });
  }
}

/** A request without one counts as complete only after its handler has begun. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

function dialectOf(path: string): Dialect {
  if (path.startsWith('/api/')) return 'ollama';
  return path.startsWith('/v1/messages') ? 'anthropic' : 'openai';
}

/** What a browser asks before it gives an answer to a page of another origin. */
function setForeignHeaders(response: ServerResponse, origin: string): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'x-request-id, retry-after, retry-after-ms, x-should-retry');
  response.setHeader('vary', 'Origin');
}

/** Answered without a key. Browsers' own pages only: foreign origins were refused before. */
function sendOptions(request: IncomingMessage, response: ServerResponse): void {
  const asked = request.headers['access-control-request-headers'];
  response.writeHead(204, { allow: ALLOWED_METHODS, 'access-control-allow-methods': ALLOWED_METHODS, 'access-control-allow-headers': typeof asked === 'string' ? asked : 'authorization, content-type, x-api-key', 'access-control-max-age': '600', 'content-length': '0' });
  response.end();
}
