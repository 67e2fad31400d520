import type { Socket } from 'node:net';
import type { Logger } from '../base/logger.ts';
import { encodeFrame, parseWindowFrame } from '#contract/terminalFrames.ts';
import type { ClosedReason, WindowFrame } from '#contract/terminalFrames.ts';
import { request } from '../platform/pty/hostProtocol.ts';
import type { HostMessage, RequestBody } from '../platform/pty/hostProtocol.ts';
import { encodeHeader, encodeJson, MessageReader, messageType } from '../platform/pty/messageStream.ts';
import type { Message } from '../platform/pty/messageStream.ts';
import type { Channel } from './channel.ts';
import { Refusal } from './refusal.ts';
import type { Terminal } from './terminal.ts';
import type { TerminalRegistry } from './terminalRegistry.ts';

/** One connected backend: answers its requests, tells it events, and serves the channels of its windows. */
export class Session {
  readonly #deps: { socket: Socket; registry: TerminalRegistry; handle: (body: RequestBody) => Promise<unknown>; log: Logger };
  readonly #reader = new MessageReader();
  readonly #channels = new Map<number, { channel: Channel; terminal: Terminal }>();

  constructor(deps: { socket: Socket; registry: TerminalRegistry; handle: (body: RequestBody) => Promise<unknown>; log: Logger }) {
    this.#deps = deps;
  }

  /** Serves until the socket closes. */
  async run(): Promise<void> {
    const { socket, registry } = this.#deps;
    const subscriptions = [
      registry.onDidHappen((event) => { this.#send(event); }),
      registry.onDidForget(({ terminal }) => { this.#closeChannelsOf(terminal); }),
    ];
    socket.on('data', (chunk: Buffer) => { this.#receive(chunk); });
    socket.on('error', (error) => { this.#deps.log.info('session.broke', { error: error.message }); });
    await new Promise<void>((resolve) => { socket.once('close', () => { resolve(); }); });
    for (const subscription of subscriptions) subscription.dispose();
    for (const channelId of [...this.#channels.keys()]) this.#close(channelId);
  }

  #receive(chunk: Buffer): void {
    try {
      for (const message of this.#reader.read(chunk)) this.#take(message);
    } catch (error) {
      this.#deps.log.warn('session.bad_message', { error });
      this.#deps.socket.destroy();
    }
  }

  #take({ type, body }: Message): void {
    if (type === messageType.frame) this.#takeFrame(parseWindowFrame(body));
    else this.#answer(body).catch((error: unknown) => { this.#deps.log.error('request.unanswered', { error }); });
  }

  async #answer(body: Buffer): Promise<void> {
    const parsed = request.safeParse(parseJson(body));
    if (!parsed.success) {
      this.#send({ id: idOf(body), ok: false, code: 'bad_request', message: parsed.error.message });
      return;
    }
    const { id, body: asked } = parsed.data;
    try {
      this.#send({ id, ok: true, result: await this.#deps.handle(asked) });
    } catch (error) {
      if (!(error instanceof Refusal)) this.#deps.log.error('request.failed', { op: asked.op, error });
      const code = error instanceof Refusal ? error.code : 'bad_request';
      this.#send({ id, ok: false, code, message: error instanceof Error ? error.message : String(error) });
    }
  }

  #takeFrame(frame: WindowFrame): void {
    if (frame.kind === 'attach') { this.#attach(frame.channelId, frame.payload); return; }
    const open = this.#channels.get(frame.channelId);
    if (open === undefined) return;
    if (frame.kind === 'ack') open.channel.acknowledge(frame.processedBytes);
    else if (frame.kind === 'input') open.terminal.write(frame.bytes);
    else this.#close(frame.channelId);
  }

  #attach(channelId: number, { terminalId, columns, rows }: { terminalId: string; columns: number; rows: number }): void {
    this.#close(channelId);
    const terminal = this.#deps.registry.find(terminalId);
    if (terminal === null) { this.#sendClosed(channelId, 'not_found'); return; }
    terminal.resize(columns, rows);
    const channel = terminal.openChannel(channelId, (frame) => { this.#sendFrame(frame); });
    this.#channels.set(channelId, { channel, terminal });
  }

  #close(channelId: number): void {
    const open = this.#channels.get(channelId);
    this.#channels.delete(channelId);
    open?.terminal.closeChannel(open.channel);
  }

  #closeChannelsOf(terminal: Terminal): void {
    for (const [channelId, open] of [...this.#channels]) {
      if (open.terminal !== terminal) continue;
      this.#close(channelId);
      this.#sendClosed(channelId, 'forgotten');
    }
  }

  #sendClosed(channelId: number, reason: ClosedReason): void {
    this.#sendFrame(encodeFrame({ kind: 'closed', channelId, payload: { reason } }));
  }

  /** Writes without a copy: the frame must not change any more. */
  #sendFrame(frame: Uint8Array): void {
    this.#deps.socket.cork();
    this.#write(encodeHeader(messageType.frame, frame.length));
    this.#write(frame);
    this.#deps.socket.uncork();
  }

  #send(message: HostMessage): void {
    this.#write(encodeJson(message));
  }

  #write(message: Uint8Array): void {
    if (this.#deps.socket.writable) this.#deps.socket.write(message);
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

/** The id of a request that is otherwise unreadable, so that its caller does not wait for ever. */
function idOf(body: Buffer): number {
  const parsed = parseJson(body);
  const id: unknown = typeof parsed === 'object' && parsed !== null && 'id' in parsed ? parsed.id : null;
  return typeof id === 'number' && Number.isInteger(id) ? id : -1;
}
