import { expect, test } from 'vitest';
import { aGpu, idOf } from './aGpu.ts';
import { GpuTraces, splitAtGaps } from './gpuTraces.ts';

const START_MS = 1_000_000;

test('a trace keeps five minutes, and a lost device leaves a gap', () => {
  const traces = new GpuTraces();

  for (let second = 0; second < 1_000; second += 1) traces.push({ takenAtMs: START_MS + second * 1_000, gpus: [aGpu({ temperatureCelsius: 50, ...(second === 999 ? { state: 'lost' } : {}) })] });
  const points = traces.read(idOf(0), 'temperatureCelsius');

  expect([points.length, points[0]?.atMs, points.at(-2)?.value, points.at(-1)?.value]).toEqual([301, START_MS + 699_000, 50, null]);
});

test('the same reading again adds nothing, and a clock set back begins anew', () => {
  const traces = new GpuTraces();
  traces.push({ takenAtMs: START_MS, gpus: [aGpu()] });
  traces.push({ takenAtMs: START_MS, gpus: [aGpu()] });
  const once = traces.read(idOf(0), 'usedBytes').length;

  traces.push({ takenAtMs: START_MS - 60_000, gpus: [aGpu()] });

  expect([once, traces.read(idOf(0), 'usedBytes').length]).toEqual([1, 1]);
});

test('what was measured before the window came stands before its own readings, and not twice', () => {
  const traces = new GpuTraces();
  const values = [1, null];
  const history = { atMs: [START_MS - 2_000, START_MS - 1_000], series: [{ gpuId: idOf(0), name: '', usedBytes: values, usedPeakBytes: values, utilizationPercent: values, temperatureCelsius: values, powerWatts: values, throttledPercent: values }] };

  traces.fill(history);
  traces.push({ takenAtMs: START_MS, gpus: [aGpu({ powerWatts: 7 })] });
  traces.fill(history);

  expect(traces.read(idOf(0), 'powerWatts').map(({ value }) => value)).toEqual([1, null, 7]);
});

test('a stretch ends at a reading without a value and where nothing was read for a while', () => {
  const at = (second: number, value: number | null) => ({ atMs: START_MS + second * 1_000, value });

  const stretches = splitAtGaps([at(0, 1), at(1, 2), at(2, null), at(3, 3), at(60, 4)]);

  expect(stretches.map((points) => points.map(({ value }) => value))).toEqual([[1, 2], [3], [4]]);
});
