import { expect, test } from 'vitest';
import { formatOf, isHot, listSourceNotes } from './gpuWords.ts';
import { zoomBy } from './historyZoom.ts';
import { toLeaseNeed } from './leaseNeed.ts';

test.each([[null, 450, '–'], [21, null, '21 W'], [21, 450, '21 of 450 W']])('%s of %s', (value, limit, words) => {
  expect(formatOf(value, limit, 'W')).toBe(words);
});

test.each([[84, 90, false], [85, 90, true], [89, null, false], [91, null, true], [null, 90, false]])('%s °C with a limit of %s', (temperatureCelsius, temperatureLimitCelsius, expected) => {
  expect(isHot({ temperatureCelsius, temperatureLimitCelsius })).toBe(expected);
});

test('only sources that are slow or failed need a sentence', () => {
  const source = (state: 'ok' | 'absent' | 'slow' | 'failed') => ({ vendor: 'nvidia' as const, via: 'nvml' as const, state, ageMs: 0, reason: null });

  const notes = listSourceNotes({ state: 'ok', sources: (['ok', 'absent', 'slow', 'failed'] as const).map(source) });

  expect([notes.map(({ kind }) => kind), listSourceNotes({ state: 'slow' }).map(({ kind }) => kind)]).toEqual([['slow', 'failed'], ['slow']]);
});

test('zooming keeps the moment under the cursor in its place, between half a minute and thirty days', () => {
  const hour = { fromMs: 0, toMs: 3_600_000 };

  const [closer, closest, furthest] = [zoomBy(hour, 0.5, 900_000), zoomBy(hour, 0, 0), zoomBy(hour, 1e9, 0)];

  expect([closer, closest, furthest.toMs - furthest.fromMs]).toEqual([{ fromMs: 450_000, toMs: 2_250_000 }, { fromMs: 0, toMs: 30_000 }, 30 * 24 * 3_600_000]);
});

test.each([
  ['a blueprint without a GPU', { gpu: 'none', vramMib: null }, null, null],
  ['one that can use a GPU and says nothing', { gpu: 'optional', vramMib: null }, null, null],
  ['no GPU chosen', { gpu: 'nvidia', vramMib: 1 }, [], null],
  ['what it needs, anywhere', { gpu: 'nvidia', vramMib: 1 }, null, { bytes: 1_048_576, vendor: 'nvidia' }],
  ['on chosen ones', { gpu: 'optional', vramMib: null }, ['GPU-1'], { bytes: 0, placement: { kind: 'uuid', gpuIds: ['GPU-1'] } }],
] as const)('the need of %s', (_name, requires, gpuIds, expected) => {
  const need = toLeaseNeed(requires, gpuIds);

  if (expected === null) expect(need).toBeNull();
  else expect(need).toMatchObject(expected);
});
