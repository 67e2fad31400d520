import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasCode } from './errors.ts';
import { encodeFrame, getChannelId, getFrameKind, parseTerminalFrame, parseWindowFrame, writeChannelId } from './terminalFrames.ts';
import type { TerminalFrame, WindowFrame } from './terminalFrames.ts';

const channelId = 4_000_000_000;

describe('terminal frames', () => {
  test.each<WindowFrame>([
    { kind: 'attach', channelId, payload: { terminalId: 'trm_1', columns: 80, rows: 24 } },
    { kind: 'ack', channelId, processedBytes: 123_456 },
    { kind: 'input', channelId, bytes: Uint8Array.of(3, 0, 255) },
    { kind: 'detach', channelId },
  ])('$kind from a window is read back as it was written', (frame) => {
    expect(parseWindowFrame(encodeFrame(frame))).toEqual(frame);
  });

  test.each<TerminalFrame>([
    { kind: 'attached', channelId, payload: { terminalId: 'trm_1', columns: 80, rows: 24, title: 'größe 🦀\u007f', state: 'running', canInput: true } },
    { kind: 'replay', channelId, bytes: Uint8Array.of(27, 99) },
    { kind: 'data', channelId, bytes: new Uint8Array(0) },
    { kind: 'exit', channelId, payload: { exitCode: 0, signal: 9, cause: 'killed' } },
    { kind: 'closed', channelId, payload: { reason: 'host_lost' } },
  ])('$kind for a window is read back as it was written', (frame) => {
    expect(parseTerminalFrame(encodeFrame(frame))).toEqual(frame);
  });

  test('renumbering changes the channel and nothing else', () => {
    const bytes = encodeFrame({ kind: 'data', channelId: 7, bytes: Uint8Array.of(1, 2) });
    writeChannelId(bytes, channelId);
    expect(getChannelId(bytes)).toBe(channelId);
    expect(parseTerminalFrame(bytes)).toEqual({ kind: 'data', channelId, bytes: Uint8Array.of(1, 2) });
  });

  test('any bytes are either a frame or refused as bad input', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      for (const parse of [parseWindowFrame, parseTerminalFrame]) {
        try {
          expect(parse(bytes).kind).toBe(getFrameKind(bytes));
        } catch (error) {
          expect(hasCode(error, 'bad_input')).toBe(true);
        }
      }
    }));
  });
});
