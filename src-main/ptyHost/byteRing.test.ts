import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteRing } from './byteRing.ts';

test('a ring holds exactly the last bytes of what was appended, whatever the sizes', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 90_000 }), { maxLength: 12 }), (chunks) => {
    const ring = new ByteRing(100_000);
    for (const chunk of chunks) ring.append(chunk);
    const all = Buffer.concat(chunks);
    expect(ring.endOffset).toBe(all.length);
    expect(ring.endOffset - ring.startOffset).toBeLessThanOrEqual(100_000);
    expect(ring.endOffset - ring.startOffset).toBeGreaterThanOrEqual(Math.min(all.length, 64 * 1024));
    expect(ring.read(ring.startOffset, Infinity).equals(all.subarray(ring.startOffset))).toBe(true);
    const middle = Math.floor((ring.startOffset + ring.endOffset) / 2);
    expect(ring.read(middle, 1_000).equals(all.subarray(middle, middle + 1_000))).toBe(true);
  }), { numRuns: 60 });
});

test('reading before the oldest byte starts at the oldest, and room in front is left free', () => {
  const ring = new ByteRing(10);
  ring.append(Buffer.from('0123456789abcdef'));
  expect(ring.startOffset).toBe(6);
  expect(ring.read(0, 3).toString()).toBe('678');
  expect(ring.read(6, 2, 5).subarray(5).toString()).toBe('67');
});
