import { expect, test } from 'vitest';
import type { MemoryShape } from '../../../platform/modelFiles/gguf/memoryShape.ts';
import { estimateByShape } from './shapeEstimate.ts';

const aShape: MemoryShape = { layers: Array.from({ length: 4 }, () => ({ weightsBytes: 100, keyNumbers: 32, valueNumbers: 32 })), inputBytes: 50, outputBytes: 60, tiedBytes: 0, vocabularySize: 1_000, embeddingLength: 64, contextTokens: 4_096 };
const aLoad = { contextTokens: 1_024, slots: 1, kvTypeK: 'f16', kvTypeV: 'f16', gpuLayers: 0, batchTokens: 512, isEmbedding: false } as const;

test.each([[0, 0, 510], [1, 60, 450], [3, 260, 250], [5, 460, 50], [99, 460, 50]])('with %i layers on the GPU %i bytes of weights are there', (gpuLayers, onGpu, inRam) => {
  const { gpu, ram } = estimateByShape(aShape, { ...aLoad, gpuLayers });

  expect([gpu.weightsBytes, ram.weightsBytes]).toEqual([onGpu, inRam]);
});

test('embeddings that are the output too are on the GPU a second time, and in RAM once', () => {
  const tied = { ...aShape, outputBytes: 10, tiedBytes: 50 };

  expect(estimateByShape(tied, aLoad).ram.weightsBytes).toBe(460);
  expect(estimateByShape(tied, { ...aLoad, gpuLayers: 5 }).gpu.weightsBytes).toBe(460);
});

test('the cache grows with context and slots, and shrinks with its type', () => {
  const kvOf = (change: Partial<typeof aLoad> | Record<string, unknown>): number => estimateByShape(aShape, { ...aLoad, ...change }).ram.kvBytes;

  expect(kvOf({})).toBe(4 * 64 * 2 * 1_024);
  expect(kvOf({ contextTokens: 2_048 })).toBe(2 * kvOf({}));
  expect(kvOf({ slots: 4 })).toBe(4 * kvOf({}));
  expect(kvOf({ kvTypeK: 'q8_0', kvTypeV: 'q8_0' }) / kvOf({})).toBeCloseTo(34 / 64);
  expect(kvOf({ isEmbedding: true })).toBe(0);
});

test('a model of which nothing is on the GPU needs nothing there', () => {
  expect(estimateByShape(aShape, aLoad).gpu.totalBytes).toBe(0);
});
