import { describe, expect, test } from 'vitest';
import { encodeFrame, parseWindowFrame } from '#contract/terminalFrames.ts';
import type { TerminalFrame, WindowFrame } from '#contract/terminalFrames.ts';
import { Signal } from '../../base/signal.ts';
import { TerminalChannel } from './terminalChannel.ts';
import type { ChannelEvent } from './terminalChannel.ts';

type Payload<F> = F extends { channelId: number } ? Omit<F, 'channelId'> : never;

/** A backend's end of the frame port, and a screen that draws only when told. */
class FakeBackend {
  readonly sent: WindowFrame[] = [];
  readonly events: ChannelEvent[] = [];
  readonly timers: (() => void)[] = [];
  readonly #drawn: (() => void)[] = [];
  readonly #onFrame = new Signal<Uint8Array>();
  readonly #onOpen = new Signal<void>();
  readonly #onClose = new Signal<void>();
  readonly channel = new TerminalChannel({
    frames: { isOpen: true, send: (frame) => { this.sent.push(parseWindowFrame(frame)); }, onFrame: this.#onFrame.subscribe, onOpen: this.#onOpen.subscribe, onClose: this.#onClose.subscribe },
    terminalId: 'trm_1',
    getSize: () => ({ columns: 80, rows: 24 }),
    write: (_bytes, onDrawn) => { this.#drawn.push(onDrawn); },
    onEvent: (event) => { this.events.push(event); },
    after: (_delayMs, callback) => { this.timers.push(callback); return () => { this.timers.splice(this.timers.indexOf(callback), 1); }; },
  });

  get channelId(): number {
    return this.sent.findLast(({ kind }) => kind === 'attach')?.channelId ?? 0;
  }

  answer(frame: Payload<TerminalFrame>, channelId = this.channelId): void {
    this.#onFrame.fire(encodeFrame({ ...frame, channelId }));
  }

  draw(): void {
    for (const done of this.#drawn.splice(0)) done();
  }

  reconnect(): void {
    this.#onClose.fire();
    this.#onOpen.fire();
  }

  listOf(kind: WindowFrame['kind']): WindowFrame[] {
    return this.sent.filter((frame) => frame.kind === kind);
  }
}

function anOpenChannel(): FakeBackend {
  const backend = new FakeBackend();
  backend.channel.open();
  return backend;
}

describe('a terminal channel', () => {
  test('attaches with its size and says when the screen stands', () => {
    const backend = anOpenChannel();
    expect(backend.sent).toMatchObject([{ kind: 'attach', payload: { terminalId: 'trm_1', columns: 80, rows: 24 } }]);
    backend.answer({ kind: 'replay', bytes: new Uint8Array(10) });
    expect(backend.events).toEqual([]);
    backend.draw();
    expect(backend.events).toEqual([{ kind: 'drawn' }]);
  });

  test('acknowledges what was drawn, not what arrived, and exactly', () => {
    const backend = anOpenChannel();
    backend.answer({ kind: 'data', bytes: new Uint8Array(4_000) });
    backend.answer({ kind: 'data', bytes: new Uint8Array(3_000) });
    expect(backend.listOf('ack')).toEqual([]);
    backend.draw();
    expect(backend.listOf('ack')).toMatchObject([{ processedBytes: 7_000 }]);
  });

  test('attaches again on a new connection, and what the old one still draws is not acknowledged to the new', () => {
    const backend = anOpenChannel();
    backend.answer({ kind: 'data', bytes: new Uint8Array(9_000) });
    const before = backend.channelId;
    backend.reconnect();
    expect(backend.channelId).not.toBe(before);
    backend.draw();
    expect(backend.listOf('ack')).toEqual([]);
    expect(backend.events).toEqual([{ kind: 'lost' }]);
  });

  test('tries again while there is no host, and not once it is lost', () => {
    const backend = anOpenChannel();
    backend.answer({ kind: 'closed', payload: { reason: 'host_unavailable' } });
    backend.timers[0]?.();
    expect(backend.listOf('attach')).toHaveLength(2);
    backend.answer({ kind: 'closed', payload: { reason: 'host_lost' } });
    expect(backend.events.at(-1)).toEqual({ kind: 'closed', reason: 'host_lost' });
  });

  test("another channel's frames are none of its business, and after its end nothing is", () => {
    const backend = anOpenChannel();
    const { channelId } = backend;
    backend.answer({ kind: 'exit', payload: { exitCode: 0, signal: null } }, channelId + 1);
    backend.channel.dispose();
    backend.answer({ kind: 'exit', payload: { exitCode: 0, signal: null } }, channelId);
    expect(backend.events).toEqual([]);
    expect(backend.listOf('detach')).toMatchObject([{ channelId }]);
  });

  test('a long input is sent in pieces, in order', () => {
    const backend = anOpenChannel();
    backend.channel.send(Uint8Array.from({ length: 70_000 }, (_, index) => index % 251));
    const bytes = backend.sent.flatMap((frame) => (frame.kind === 'input' ? [...frame.bytes] : []));
    expect(bytes).toHaveLength(70_000);
    expect(bytes.every((byte, index) => byte === index % 251)).toBe(true);
    expect(backend.listOf('input').length).toBeGreaterThan(1);
  });
});
