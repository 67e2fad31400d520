import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { Emitter } from '../../base/emitter.ts';
import { AppError } from '#contract/errors.ts';
import { hostMessage, results } from './hostProtocol.ts';
import type { HostEvent, HostMessage, RequestBody, Results } from './hostProtocol.ts';
import { encodeJson, encodeMessage, MessageReader, messageType } from './messageStream.ts';

interface Waiting { op: RequestBody['op']; terminalId: string; resolve: (result: unknown) => void; reject: (error: Error) => void }
type Answer = Exclude<HostMessage, HostEvent>;

/** One connection to a host: requests with their answers, events, and terminal frames in both directions. */
export class HostConnection {
  readonly #socket: Socket;
  readonly #reader = new MessageReader();
  readonly #waiting = new Map<number, Waiting>();
  readonly #didReceive = new Emitter<HostEvent>();
  readonly #didReceiveFrame = new Emitter<Buffer>();
  readonly #didClose = new Emitter<{ reason: string }>();
  #lastId = 0;
  #brokenBy = 'closed';

  readonly onDidReceive = this.#didReceive.event;
  readonly onDidReceiveFrame = this.#didReceiveFrame.event;
  readonly onDidClose = this.#didClose.event;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => { this.#take(chunk); });
    socket.on('error', (error) => { this.#brokenBy = error.message; });
    socket.once('close', () => { this.#end(); });
  }

  async ask<Op extends RequestBody['op']>(body: Extract<RequestBody, { op: Op }>): Promise<Results[Op]> {
    const id = (this.#lastId += 1);
    const terminalId = 'terminalId' in body ? body.terminalId : '';
    const answer = new Promise<unknown>((resolve, reject) => {
      if (!this.#socket.writable) { reject(unavailable('connection closed')); return; }
      this.#waiting.set(id, { op: body.op, terminalId, resolve, reject });
      this.#socket.write(encodeJson({ id, body }));
    });
    return results[body.op].parse(await answer) as Results[Op];
  }

  sendFrame(frame: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(encodeMessage(messageType.frame, frame));
  }

  /** Closes after what was sent has left. */
  async close(): Promise<void> {
    if (this.#socket.closed) return;
    await new Promise<void>((resolve) => {
      this.#socket.once('close', () => { resolve(); });
      this.#socket.end();
      this.#socket.resume();
    });
  }

  /** Breaks the connection at once; what waits for an answer is rejected with the reason. */
  abandon(reason: string): void {
    this.#socket.destroy(new Error(reason));
  }

  #take(chunk: Buffer): void {
    try {
      for (const { type, body } of this.#reader.read(chunk)) {
        if (type === messageType.frame) this.#didReceiveFrame.fire(body);
        else this.#takeMessage(hostMessage.parse(JSON.parse(body.toString())));
      }
    } catch (error) {
      this.#socket.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #takeMessage(message: HostMessage): void {
    if ('event' in message) this.#didReceive.fire(message);
    else this.#settle(message);
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (waiting === undefined) return;
    if (answer.ok) waiting.resolve(answer.result);
    else if (answer.code === 'not_found') waiting.reject(new AppError('terminal.not_found', answer.message, { terminalId: waiting.terminalId }));
    else waiting.reject(unavailable(`${waiting.op}: ${answer.code}: ${answer.message}`));
  }

  #end(): void {
    for (const { reject } of this.#waiting.values()) reject(unavailable(this.#brokenBy));
    this.#waiting.clear();
    this.#didClose.fire({ reason: this.#brokenBy });
  }
}

/** Connects to a host's socket; null when nobody listens there. */
export function connectToHost(socketPath: string): Promise<HostConnection | null> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const refuse = (): void => { resolve(null); };
    socket.once('error', refuse);
    socket.once('connect', () => {
      socket.off('error', refuse);
      resolve(new HostConnection(socket));
    });
  });
}

export function unavailable(reason: string): AppError<'terminal.host_unavailable'> {
  return new AppError('terminal.host_unavailable', `PTY host: ${reason}`, { reason });
}
