import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeMessage, MessageReader } from './messageStream.ts';

test('messages come out as they went in, however the stream is cut', () => {
  const message = fc.record({ type: fc.integer({ min: 0, max: 1 }), body: fc.uint8Array({ maxLength: 40 }) });
  fc.assert(fc.property(fc.array(message), fc.integer({ min: 1, max: 50 }), (messages, step) => {
    const stream = Buffer.concat(messages.map(({ type, body }) => encodeMessage(type, body)));
    const reader = new MessageReader();
    const seen: { type: number; body: Uint8Array }[] = [];
    for (let at = 0; at < stream.length; at += step) {
      for (const { type, body } of reader.read(stream.subarray(at, at + step))) seen.push({ type, body: Uint8Array.from(body) });
    }
    expect(seen).toEqual(messages);
  }));
});

test('a length beyond any message is refused', () => {
  expect(() => [...new MessageReader().read(Buffer.from('GET / HTTP/1.1\r\n'))]).toThrow('refused');
});
