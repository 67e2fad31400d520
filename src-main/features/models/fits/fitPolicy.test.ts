import { expect, test } from 'vitest';
import { decideCorrection } from './correctionPolicy.ts';
import { decideVerdict, findMostLayers, toGpuRoom, toMissingBytes } from './fitPolicy.ts';
import { toNeed, type MemoryEstimate } from './memoryEstimator.ts';

const GIB = 1024 ** 3;
const need = (gib: number, overheadGib = 0) => toNeed({ weightsBytes: (gib - overheadGib) * GIB, kvBytes: 0, computeBytes: 0, overheadBytes: overheadGib * GIB });
const anEstimate = ({ gpu = 0, ram = 0, gpuLayers = 0, overhead = 0 }): MemoryEstimate => ({ gpu: need(gpu, overhead), ram: need(ram), gpuLayers, layerCount: 10, source: 'file_size' });
const aRoom = (freeRam: number, ...devices: number[]) => ({ deviceFreeBytes: devices.map((gib) => gib * GIB), freeRamBytes: freeRam * GIB });

test.each([
  ['whole on the GPU', anEstimate({ gpu: 8, ram: 1, gpuLayers: 10 }), aRoom(16, 12), 'fits'],
  ['whole in RAM without a GPU', anEstimate({ ram: 8 }), aRoom(16), 'fits'],
  ['some layers in RAM', anEstimate({ gpu: 4, ram: 4, gpuLayers: 5 }), aRoom(16, 6), 'partly'],
  ['all layers in RAM beside a GPU', anEstimate({ ram: 8 }), aRoom(16, 6), 'partly'],
  ['too large for RAM', anEstimate({ ram: 16 }), aRoom(16), 'no'],
  ['too large for the GPU', anEstimate({ gpu: 8, gpuLayers: 10 }), aRoom(16, 7), 'no'],
  ['split over two GPUs', anEstimate({ gpu: 18, ram: 1, gpuLayers: 10, overhead: 1 }), aRoom(16, 10, 10), 'fits'],
  ['split, but each takes its own share', anEstimate({ gpu: 19.5, ram: 1, gpuLayers: 10, overhead: 1 }), aRoom(16, 10, 10), 'no'],
] as const)('%s', (_what, estimate, room, verdict) => {
  expect(decideVerdict(estimate, room)).toBe(verdict);
});

test('one device counts with all it has free; several without what each takes for itself', () => {
  expect(toGpuRoom(aRoom(1, 10, 6), anEstimate({ gpu: 9, overhead: 1 })) / GIB).toBe(10);
  expect(toGpuRoom(aRoom(1, 10, 6), anEstimate({ gpu: 12, overhead: 1 })) / GIB).toBe(15);
});

test('what is missing is the worse of the two sides', () => {
  expect(toMissingBytes(anEstimate({ gpu: 8, ram: 2, gpuLayers: 10 }), aRoom(16, 5)) / GIB).toBe(3);
  expect(toMissingBytes(anEstimate({ gpu: 4, gpuLayers: 10 }), aRoom(16, 5))).toBe(0);
});

test.each([[0, 0], [7, 7], [32, 32], [-1, null]])('with room for %i layers the most is %s, found in few questions', async (there, most) => {
  let asked = 0;

  const found = await findMostLayers(32, async (count) => { asked += 1; return count <= there; });

  expect(found).toBe(most);
  expect(asked).toBeLessThanOrEqual(7);
});

test.each([
  ['nothing measured', [], 1],
  ['one load', [[100, 110]], 1.1],
  ['one that is far off among five', [[100, 110], [100, 111], [100, 900], [100, 109], [100, 112]], 1.11],
  ['only the last five count', [[100, 140], [100, 140], [100, 100], [100, 100], [100, 100], [100, 100], [100, 100]], 1],
  ['never above one and a half', [[100, 400]], 1.5],
  ['never below four fifths', [[100, 10]], 0.8],
  ['what was not estimated teaches nothing', [[0, 50]], 1],
] as const)('a correction from %s', (_what, measured, factor) => {
  expect(decideCorrection(measured.map(([estimatedBytes, measuredBytes]) => ({ estimatedBytes, measuredBytes })))).toBeCloseTo(factor);
});
