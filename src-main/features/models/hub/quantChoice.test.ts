import { expect, test } from 'vitest';
import type { GgufHeader } from '../../../platform/hub/gguf/ggufHeader.ts';
import { chooseQuantisation, type QuantCandidate } from './quantChoice.ts';
import { estimateBySize, type MemoryBudget } from './sizeEstimate.ts';

const GB = 1e9;
const MIB = 1024 * 1024;
/** Llama 3.1 8B as it is published, in GB. */
const eightB = { F16: 16.1, Q8_0: 8.54, Q6_K: 6.6, Q5_K_M: 5.73, Q4_K_M: 4.92, IQ4_XS: 4.45, Q3_K_M: 4.02, IQ3_XXS: 3.27, Q2_K: 3.18, IQ2_M: 2.95 };
const header: GgufHeader = {
  version: 3, tensors: [], parameterCount: 8e9, headerBytes: 8e6, fileSizeBytes: null,
  metadata: { 'general.architecture': 'llama', 'llama.block_count': 32, 'llama.context_length': 131_072, 'llama.embedding_length': 4_096, 'llama.attention.head_count': 32, 'llama.attention.head_count_kv': 8 },
};
const budget = (gpuGb: readonly number[], ramGb: number): MemoryBudget => ({ gpus: gpuGb.map((gb) => ({ freeBytes: gb * GB, totalBytes: gb * GB })), freeRamBytes: ramGb * GB, totalRamBytes: ramGb * GB });

function judge(sizes: Record<string, number>, here: MemoryBudget): QuantCandidate[] {
  return Object.entries(sizes).map(([label, gb]) => ({ label, quantisation: label, sizeBytes: gb * GB, verdict: estimateBySize({ sizeBytes: gb * GB, header }, here).verdict }));
}

test.for<{ machine: string; here: MemoryBudget; sizes?: Record<string, number>; label: string | null; reason: string }>([
  { machine: 'a card with room for all of it takes eight bits, not sixteen', here: budget([24], 64), label: 'Q8_0', reason: 'fits_gpu' },
  { machine: 'a 12 GB card', here: budget([12], 32), label: 'Q8_0', reason: 'fits_gpu' },
  { machine: 'an 8 GB card that shows the desktop', here: budget([7.4], 32), label: 'Q4_K_M', reason: 'fits_gpu' },
  { machine: 'a 6 GB card, where three bits fit whole', here: budget([6], 32), label: 'Q3_K_M', reason: 'fits_gpu' },
  { machine: 'a 4 GB card takes four bits partly rather than two bits whole', here: budget([4.95], 32), label: 'Q4_K_M', reason: 'fits_ram' },
  { machine: 'two small cards hold what one cannot', here: budget([6, 6], 16), label: 'Q8_0', reason: 'fits_gpu' },
  { machine: 'no card, much RAM: the four-bit class for its speed', here: budget([], 64), label: 'Q4_K_M', reason: 'fits_ram' },
  { machine: 'no card, little RAM', here: budget([], 7.2), label: 'IQ4_XS', reason: 'fits_ram' },
  { machine: 'no card, where only two bits fit', here: budget([], 5.72), label: 'Q2_K', reason: 'fits_ram' },
  { machine: 'nothing fits', here: budget([], 2), label: 'IQ2_M', reason: 'smallest' },
  { machine: 'no card and only eight and three bits: eight, for a CPU is better slow than wrong', here: budget([], 64), sizes: { Q8_0: 8.54, Q3_K_M: 4.02 }, label: 'Q8_0', reason: 'fits_ram' },
  { machine: 'nothing but sixteen bits', here: budget([24], 64), sizes: { F16: 16.1 }, label: 'F16', reason: 'fits_gpu' },
  { machine: 'nothing to choose from', here: budget([24], 64), sizes: {}, label: null, reason: 'none' },
])('$machine: $label, $reason', ({ here, sizes = eightB, label, reason }) => {
  expect(chooseQuantisation(judge(sizes, here), { hasGpu: here.gpus.length > 0 })).toEqual({ label, reason });
});

test('files without a known label are ranked by size beside one that has one', () => {
  const candidates: QuantCandidate[] = [
    { label: 'Q4_K_M', quantisation: 'Q4_K_M', sizeBytes: 4.9 * GB, verdict: 'fits' }, { label: 'special', quantisation: null, sizeBytes: 6 * GB, verdict: 'fits' }, { label: 'whole', quantisation: null, sizeBytes: 16 * GB, verdict: 'fits' },
  ];

  expect(chooseQuantisation(candidates, { hasGpu: true })).toEqual({ label: 'special', reason: 'fits_gpu' });
});

test('the need is weights, cache for 8192 tokens, compute and context', () => {
  const fit = estimateBySize({ sizeBytes: 4.92 * GB, header }, budget([24], 64));

  expect(fit).toMatchObject({ verdict: 'fits', gpuLayers: 33, layerCount: 33, contextTokens: 8_192, source: 'file_size' });
  expect(fit.gpu).toEqual({ weightsBytes: 4.92 * GB, kvBytes: 32 * 8 * 128 * 2 * 2 * 8_192, computeBytes: 350 * MIB, overheadBytes: 450 * MIB, totalBytes: 4.92 * GB + 1024 * MIB + 800 * MIB });
  expect(fit.ram.totalBytes).toBe(0);
});

test('heads that differ from layer to layer are summed, and a short context is not made longer', () => {
  const hybrid = { ...header, metadata: { ...header.metadata, 'llama.attention.head_count_kv': { length: 4, items: [8, 0, 0, 8] }, 'llama.context_length': 2_048 } };
  const fit = estimateBySize({ sizeBytes: GB, header: hybrid }, budget([24], 64));

  expect([fit.gpu.kvBytes, fit.contextTokens]).toEqual([16 * 128 * 2 * 2 * 2_048, 2_048]);
});

test('what does not fit the card is split between card and RAM', () => {
  const fit = estimateBySize({ sizeBytes: 8.54 * GB, header }, budget([6], 32));

  expect(fit.verdict).toBe('partly');
  expect(fit.gpuLayers).toBeGreaterThan(10);
  expect(fit.gpuLayers).toBeLessThan(33);
  expect(fit.gpu.weightsBytes + fit.ram.weightsBytes).toBeCloseTo(8.54 * GB);
});
