import { expect, test } from 'vitest';
import { toProgressLine, toSize } from './progressLine.ts';

test('a line says how far, how much, how fast and how long still', () => {
  expect(toProgressLine({ name: 'm', doneBytes: 512 * 1024 ** 2, totalBytes: 1024 ** 3, bytesPerSecond: 64 * 1024 ** 2, etaMs: 8_000 }))
    .toBe('m  [##############--------------]   50 %  512.0 MiB of 1.0 GiB  64.0 MiB/s  8 s left');
});

test('a total that is not known or is nothing does not break the line', () => {
  expect([toProgressLine({ name: 'm', doneBytes: 5, totalBytes: null }), toProgressLine({ name: 'm', doneBytes: 0, totalBytes: 0 })].every((line) => line.includes('0 %'))).toBe(true);
});

test.each([[5, '5 B'], [2_048, '2 KiB'], [3 * 1024 ** 3, '3.0 GiB']])('%i bytes are %s', (bytes, text) => { expect(toSize(bytes)).toBe(text); });
