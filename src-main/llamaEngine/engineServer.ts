import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { systemClock } from '../base/clock.ts';
import { WriteRounds } from '../platform/http/writeRounds.ts';
import { ApiError } from './apiError.ts';
import { answerChat } from './chatRoute.ts';
import { answerCompletion } from './completionRoute.ts';
import { answerEmbeddings, answerRerank } from './embeddingRoute.ts';
import type { EngineConfig } from '../platform/llama/engineProtocol.ts';
import { Exchange } from './exchange.ts';
import { answerDetokenize, answerModels, answerProps, answerSlots, answerTemplate, answerTokenize } from './factRoutes.ts';
import type { LoadedModel } from './loadedModel.ts';

const IDLE_SOCKET_MS = 75_000;

type Route = (loaded: LoadedModel, exchange: Exchange) => Promise<void>;

const routes: Readonly<Record<string, Route>> = {
  'POST /v1/chat/completions': answerChat,
  'POST /v1/completions': answerCompletion,
  'POST /v1/embeddings': answerEmbeddings,
  'POST /v1/rerank': answerRerank,
  'POST /tokenize': answerTokenize,
  'POST /detokenize': answerDetokenize,
  'POST /apply-template': answerTemplate,
  'GET /props': answerProps,
  'GET /slots': answerSlots,
  'GET /v1/models': answerModels,
};

/** What the server knows of the load so far. */
export type LoadState = { readonly kind: 'loading'; readonly progress: number } | { readonly kind: 'ready'; readonly loaded: LoadedModel };

/** The HTTP face of one model. It answers about its loading before the model is there. */
export class EngineServer {
  readonly #config: EngineConfig;
  readonly #readState: () => LoadState;
  readonly #server: Server;
  readonly #stopping = new AbortController();
  readonly #rounds = new WriteRounds(systemClock);
  readonly #active = new Set<Promise<void>>();

  constructor(config: EngineConfig, readState: () => LoadState) {
    this.#config = config;
    this.#readState = readState;
    this.#server = createServer({ keepAliveTimeout: IDLE_SOCKET_MS }, (request, response) => { this.#take(request, response); });
  }

  /** Resolves with the port, null for a local socket. */
  listen(): Promise<number | null> {
    const { listen } = this.#config;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen('socketPath' in listen ? { path: listen.socketPath } : { host: '127.0.0.1', port: listen.port }, () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : null);
      });
    });
  }

  /** Aborts what is under way and resolves when the last answer has let go of the model. */
  async stop(): Promise<void> {
    this.#stopping.abort(new ApiError(503, 'engine_stopping', 'The engine is stopping'));
    this.#server.close();
    await Promise.allSettled(this.#active);
    this.#server.closeAllConnections();
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const exchange = new Exchange({ request, response, stopping: this.#stopping.signal, rounds: this.#rounds });
    const work = this.#answer(request, exchange).catch((error: unknown) => { exchange.fail(error); });
    this.#active.add(work);
    const forget = (): void => { this.#active.delete(work); };
    work.then(forget, forget);
  }

  async #answer(request: IncomingMessage, exchange: Exchange): Promise<void> {
    this.#requireSecret(request);
    const path = new URL(request.url ?? '/', 'http://engine').pathname;
    const state = this.#readState();
    if (path === '/health') {
      exchange.answer(state.kind === 'ready' ? { status: 'ok' } : { status: 'loading', progress: state.progress }, state.kind === 'ready' ? 200 : 503);
      return;
    }
    const route = routes[`${request.method} ${path}`];
    if (!route) throw new ApiError(404, 'not_found', `There is no ${request.method} ${path}`);
    if (state.kind === 'loading') throw new ApiError(503, 'model_loading', 'The model is still loading', { progress: state.progress });
    await route(state.loaded, exchange);
  }

  #requireSecret({ headers }: IncomingMessage): void {
    const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
    if (!timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${this.#config.secret}`))) throw new ApiError(401, 'invalid_api_key', 'The key is wrong');
  }
}
