import type { IncomingMessage, ServerResponse } from 'node:http';
import { systemClock } from '../base/clock.ts';
import { PIECES_FIELD } from '../platform/http/eventFields.ts';
import { PacedText } from '../platform/http/pacedText.ts';
import type { WriteRounds } from '../platform/http/writeRounds.ts';
import { ApiError, toErrorBody } from './apiError.ts';
import { GatheredWords, type GatheredEvent } from './gatheredWords.ts';

const MAX_BODY_BYTES = 64 * 1_048_576;

interface ExchangeOptions {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborted when the engine ends. */
  readonly stopping: AbortSignal;
  /** When pieces that come very fast go out. */
  readonly rounds: WriteRounds;
}

/** One request and its answer: JSON, or events as they come. */
export class Exchange {
  /** Fires when the client goes away before its answer is whole, or the engine ends. */
  readonly signal: AbortSignal;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #events: PacedText;
  readonly #words = new GatheredWords();

  constructor({ request, response, stopping, rounds }: ExchangeOptions) {
    this.#request = request;
    this.#response = response;
    this.#events = new PacedText({ clock: systemClock, rounds, send: (text) => { this.#write(text + this.#takeWords()); } });
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
  send(data: object): void {
    this.#events.write(this.#takeWords() + toEvent(data));
  }

  /** Sends words, a piece at a time; what of one source goes out in one write is one event. */
  sendWords(source: string, words: string, toData: (words: string) => object): void {
    this.#events.write(toWordsEvent(this.#words.add(source, words, toData)));
  }

  end(): void {
    this.#endWith('[DONE]');
  }

  /** Answers with an error; in the middle of a stream as its last event. */
  fail(error: unknown): void {
    const { status, body } = toErrorBody(error);
    if (!this.#response.headersSent) this.answer(body, status);
    else if (!this.#response.writableEnded) this.#endWith(body);
  }

  #endWith(data: object | '[DONE]'): void {
    this.#write(this.#events.take() + this.#takeWords() + toEvent(data));
    this.#response.end();
  }

  #takeWords(): string {
    return toWordsEvent(this.#words.take());
  }

  #write(text: string): void {
    if (this.#response.destroyed) return;
    if (!this.#response.headersSent) {
      this.#response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' });
    }
    this.#response.write(text);
  }
}

function toEvent(data: object | '[DONE]'): string {
  return `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
}

/** With a field of our own, where it is of several pieces; who does not know it leaves it out. */
function toWordsEvent(event: GatheredEvent | null): string {
  if (event === null) return '';
  const { data, pieceCount } = event;
  return pieceCount === 1 ? toEvent(data) : `${PIECES_FIELD}: ${pieceCount}\n${toEvent(data)}`;
}
