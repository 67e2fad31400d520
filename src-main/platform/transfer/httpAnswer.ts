import type { Dispatcher } from 'undici';

type Controller = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[0];
type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/** Takes bytes of a body; a promise holds the connection until it resolves. */
export type TakeBytes = (chunk: Buffer) => Promise<void> | null;

/** An answer whose body has not been read yet. Pour it, or drop it. */
export class HttpAnswer {
  readonly status: number;
  readonly #headers: Headers;
  readonly #controller: Controller;
  readonly #ended: Promise<void>;
  readonly #pour: (take: TakeBytes) => void;

  constructor({ status, headers, controller, ended, pour }: { status: number; headers: Headers; controller: Controller; ended: Promise<void>; pour: (take: TakeBytes) => void }) {
    this.status = status;
    this.#headers = headers;
    this.#controller = controller;
    this.#ended = ended;
    this.#pour = pour;
  }

  header(name: string): string | null {
    const value = this.#headers[name];
    return (Array.isArray(value) ? value[0] : value) ?? null;
  }

  /** Reads the body to its end. @throws what broke the connection or ended it. */
  async pour(take: TakeBytes): Promise<void> {
    this.#pour(take);
    this.#controller.resume();
    await this.#ended;
  }

  /** Leaves the body unread; a short one is read so that the connection can be used again. */
  async drop(): Promise<void> {
    const isShort = Number(this.header('content-length') ?? Number.POSITIVE_INFINITY) <= 65_536;
    if (!isShort) this.#controller.abort(new DropSignal());
    await this.pour(() => null).catch((error: unknown) => { if (isShort && !(error instanceof DropSignal)) throw error; });
  }
}

/** The body of an answer was not wanted. */
class DropSignal extends Error {}

/** Sends one GET. Resolves with the answer's head; the body waits. @throws what the connection says, or the signal's reason. */
export function openAnswer(dispatcher: Dispatcher, { url, headers, signal }: { url: URL; headers: Record<string, string>; signal: AbortSignal }): Promise<HttpAnswer> {
  const head = Promise.withResolvers<HttpAnswer>();
  const body = Promise.withResolvers<undefined>();
  body.promise.catch(() => undefined);
  let take: TakeBytes = () => null;
  let stopListening = (): void => undefined;
  const fail = (error: Error): void => { stopListening(); head.reject(error); body.reject(error); };
  dispatcher.dispatch({ origin: url.origin, path: url.pathname + url.search, method: 'GET', headers }, {
    onRequestStart: (controller) => {
      const abort = (): void => { controller.abort(toError(signal.reason)); };
      if (signal.aborted) { abort(); return; }
      signal.addEventListener('abort', abort, { once: true });
      stopListening = () => { signal.removeEventListener('abort', abort); };
    },
    onResponseStart: (controller, status, answerHeaders) => {
      controller.pause();
      const ended = body.promise.then(() => undefined);
      ended.catch(() => undefined);
      head.resolve(new HttpAnswer({ status, headers: answerHeaders, controller, ended, pour: (next) => { take = next; } }));
    },
    onResponseData: (controller, chunk) => {
      const wait = take(chunk);
      if (wait === null) return;
      controller.pause();
      wait.then(() => { controller.resume(); }, (error: unknown) => { controller.abort(toError(error)); });
    },
    onResponseEnd: () => { stopListening(); body.resolve(undefined); },
    onResponseError: (_controller, error) => { fail(error); },
  });
  return head.promise;
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new DropSignal(String(reason));
}
