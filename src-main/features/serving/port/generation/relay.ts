import type { Clock } from '../../../../base/clock.ts';
import { pump } from '../../../../platform/http/pump.ts';
import type { ReadRounds } from '../../../../platform/http/readRounds.ts';
import type { UpstreamResponse } from '../../../../platform/http/upstream.ts';
import type { ClientWire } from '../exchange/clientWire.ts';
import { readJson } from '../exchange/engineCall.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { JsonObject } from '../json.ts';
import { createProblem, PortError } from '../portError.ts';
import { ServerEventReader, type ServerEvent } from '../upstream/serverEvents.ts';
import type { Answer } from './answer.ts';
import type { ChunkReader } from './chunkReader.ts';

/** An engine that has said its last word closes its answer at once; one that does not is left. */
const CLOSING_MS = 250;

interface RelayOptions {
  readonly clock: Clock;
  readonly rounds: ReadRounds;
  readonly exchange: Exchange;
  readonly wire: ClientWire;
  readonly answer: Answer;
  readonly reader: ChunkReader;
}

/** Tells one client what an engine answers. */
export class Relay {
  readonly #options: RelayOptions;
  readonly #events = new ServerEventReader();
  #stopClosing: (() => void) | null = null;
  readonly #finished = Promise.withResolvers<undefined>();
  #isFinished = false;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /** To the end of the answer. @throws PortError and what the connection to the engine throws */
  async pass(response: UpstreamResponse): Promise<void> {
    if (isEventStream(response)) await this.#passStream(response);
    else await this.#passWhole(response);
  }

  async #passWhole(response: UpstreamResponse): Promise<void> {
    const whole = await readJson(response);
    await this.#write(this.#toText(this.#options.reader.readWhole(whole)));
    this.#options.exchange.signal.throwIfAborted();
    this.#finish();
  }

  /** To the engine's last word. What follows it is read aside, so that the connection can be used again. */
  async #passStream(response: UpstreamResponse): Promise<void> {
    const reading = pump(response.body, (bytes) => (this.#isFinished ? null : this.#take(bytes, response)));
    const stopClosing = (): void => { this.#stopClosing?.(); };
    // A failure before the last word is thrown below; behind it, it is none.
    reading.then(stopClosing, stopClosing);
    try {
      await Promise.race([reading, this.#finished.promise]);
    } finally {
      if (response.gate !== null) this.#options.rounds.forget(response.gate);
    }
    if (!this.#isFinished) await this.#passEnd();
  }

  #take(bytes: Uint8Array, { body, gate }: UpstreamResponse): Promise<void> | null {
    const waiting = this.#writeEvents(this.#events.read(bytes));
    if (!this.#options.reader.isDone) {
      if (gate !== null) this.#options.rounds.notePiece(gate);
      return waiting;
    }
    this.#finish();
    this.#stopClosing = this.#options.clock.after(CLOSING_MS, () => { body.destroy(); });
    return null;
  }

  /** Of a stream that ended without its last word. */
  async #passEnd(): Promise<void> {
    await this.#writeEvents(this.#events.end());
    if (!this.#options.reader.isDone && !this.#options.reader.isComplete) throw new PortError(createProblem(502, 'engine_crashed', 'The engine ended its answer before it was whole.'));
    this.#finish();
  }

  /** Writes all that came at once in one go; what came before a piece that fails is written too. */
  #writeEvents(events: readonly ServerEvent[]): Promise<void> | null {
    this.#options.exchange.signal.throwIfAborted();
    const { exchange, wire } = this.#options;
    let text = '';
    try {
      for (const event of events) text += this.#readEvent(event);
    } catch (error) {
      wire.hold(text);
      throw error;
    } finally {
      exchange.noteTokens(this.#options.reader.pieceCount);
    }
    return this.#write(text);
  }

  /** The last piece goes with the end; a piece that says nothing lets go out what was said before it. */
  #write(text: string): Promise<void> | null {
    const { wire, answer, reader, exchange } = this.#options;
    if (answer.isStream && text !== '' && !reader.isDone) return wire.writePiece(text, exchange.signal);
    wire.hold(text);
    wire.flushBeginning();
    return null;
  }

  #readEvent(event: ServerEvent): string {
    if (this.#options.reader.isDone) return '';
    const { answer } = this.#options;
    const words = answer.addWords === undefined ? null : this.#options.reader.readWords(event);
    return words === null ? this.#toText(this.#options.reader.read(event)) : answer.addWords?.(words) ?? '';
  }

  #toText(chunk: JsonObject | null): string {
    if (chunk === null) return '';
    this.#begin();
    return this.#options.answer.add(chunk);
  }

  /** With the first piece and not before: what the engine refuses is still told by its status. */
  #begin(): void {
    const { wire, answer } = this.#options;
    if (answer.isStream) wire.begin();
  }

  #finish(): void {
    this.#isFinished = true;
    this.#finished.resolve(undefined);
    const { wire, answer } = this.#options;
    this.#begin();
    const last = this.#toText(this.#options.reader.readEnd());
    const text = last + answer.end(this.#options.reader.readUsage());
    if (answer.isStream) wire.end(text);
    else wire.sendWhole(200, { 'content-type': answer.contentType, 'cache-control': 'no-store' }, text);
  }
}

/** Some engines answer a stream without saying so; only JSON is read as JSON. */
function isEventStream({ headers }: UpstreamResponse): boolean {
  return !String(headers['content-type'] ?? '').includes('application/json');
}
