import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError, toErrorBody } from './apiError.ts';

const MAX_BODY_BYTES = 64 * 1_048_576;

/** One request and its answer: JSON, or events as they come. */
export class Exchange {
  /** Fires when the client goes away before its answer is whole, or the engine ends. */
  readonly signal: AbortSignal;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse, stopping: AbortSignal) {
    this.#request = request;
    this.#response = response;
    const gone = new AbortController();
    response.once('close', () => { if (!response.writableFinished) gone.abort(new ApiError(499, 'client_gone', 'The client went away')); });
    this.signal = AbortSignal.any([gone.signal, stopping]);
  }

  /** @throws ApiError invalid_json, body_too_large */
  async readJson(): Promise<unknown> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of this.#request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_BODY_BYTES) throw new ApiError(413, 'body_too_large', `A request holds at most ${MAX_BODY_BYTES} bytes`);
      chunks.push(chunk);
    }
    try {
      return JSON.parse(Buffer.concat(chunks).toString('utf8'));
    } catch (error) {
      if (error instanceof SyntaxError) throw new ApiError(400, 'invalid_json', `The body is not JSON: ${error.message}`);
      throw error;
    }
  }

  answer(body: object, status = 200): void {
    if (this.#response.destroyed) return;
    this.#response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
  }

  /** Sends one event; the first one begins the answer, so that what fails before it is still a plain error. */
  send(data: object | '[DONE]'): void {
    if (this.#response.destroyed) return;
    if (!this.#response.headersSent) {
      this.#response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' });
    }
    this.#response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
  }

  end(): void {
    this.send('[DONE]');
    this.#response.end();
  }

  /** Answers with an error; in the middle of a stream as its last event. */
  fail(error: unknown): void {
    const { status, body } = toErrorBody(error);
    if (!this.#response.headersSent) this.answer(body, status);
    else if (!this.#response.writableEnded) {
      this.send(body);
      this.#response.end();
    }
  }
}
