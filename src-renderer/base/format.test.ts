import { describe, expect, test } from 'vitest';
import { formatBytes, formatBytesOf, formatClock, formatDuration, formatRelative } from './format.ts';

const GIB = 1024 ** 3;
const HOUR = 3_600_000;

describe('sizes', () => {
  test.each([
    [0, '0 B'], [1_023, '1,023 B'], [1_024, '1.0 KiB'], [1_048_575, '1,024 KiB'], [18.2 * GIB, '18.2 GiB'], [512 * GIB, '512 GiB'], [2_048 * GIB, '2.0 TiB'],
  ])('%d bytes read as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  test('a part is told in the unit of its whole', () => {
    expect([formatBytesOf(9.1 * GIB, 64 * GIB), formatBytesOf(0.2 * GIB, 23.6 * GIB)]).toEqual(['9.1 of 64 GiB', '0.2 of 23.6 GiB']);
  });
});

describe('times', () => {
  test.each([
    [340, '340 ms'], [4_200, '4.2 s'], [59_900, '59 s'], [60_000, '1 min'], [125_000, '2 min 5 s'], [2 * HOUR, '2 h'], [2 * HOUR + 5 * 60_000, '2 h 5 min'], [27 * HOUR, '1 d 3 h'],
  ])('%d ms last %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });

  test.each([
    [-2_000, 'now'], [-59_000, '59 sec. ago'], [-5 * 60_000, '5 min. ago'], [-3 * HOUR, '3 hr. ago'], [-26 * HOUR, 'yesterday'], [2 * HOUR, 'in 2 hr.'],
  ])('a moment %d ms from now is %s', (distanceMs, text) => {
    expect(formatRelative(1_000_000_000_000 + distanceMs, 1_000_000_000_000)).toBe(text);
  });

  test('a moment of today is its time, one of another day has its date', () => {
    const noon = new Date(2026, 5, 15, 12).getTime();

    expect([formatClock(noon - 3 * HOUR + 5 * 60_000, noon), formatClock(noon - 24 * HOUR, noon)]).toEqual(['09:05', 'Jun 14, 2026, 12:00']);
  });
});
