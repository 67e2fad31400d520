import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseAmdSmi, parseRocmSmi, withAmdIdentities } from './amdToolOutput.ts';
import { parseSystemProfiler } from './appleOutput.ts';

const fixture = (name: string): string => readFileSync(fileURLToPath(new URL(`../../../test/fixtures/gpu/${name}`, import.meta.url)), 'utf8').split('\n').filter((line) => !line.startsWith('#')).join('\n');

test('rocm-smi of a Radeon card gives its memory, load and architecture', () => {
  expect(parseRocmSmi(fixture('rocm-smi-rx7900xt.json.txt'))).toMatchObject([{ id: 'AMD-card0', name: 'Radeon RX 7900 XT', totalBytes: 21_458_059_264, usedBytes: 27_856_896, freeBytes: 21_430_202_368, utilizationPercent: 0, computeCapability: 'gfx1100', processes: null }]);
});

test('rocm-smi of an integrated Radeon gives power and clocks, and null for what is N/A', () => {
  expect(parseRocmSmi(fixture('rocm-smi-radeon780m.json.txt'))).toMatchObject([{ id: 'AMD-0000:C4:00.0', name: 'Phoenix3', temperatureCelsius: 31, powerWatts: 7.222, graphicsClockMhz: 800, memoryClockMhz: 400, utilizationPercent: 19, memoryUtilizationPercent: null, totalBytes: 0 }]);
});

test('amd-smi gives the load, in the newer frame too', () => {
  const text = fixture('amd-smi-metric-w7700.json.txt');

  expect([text, `{"gpu_data": ${text}}`].map((one) => parseAmdSmi(one)[0])).toMatchObject([{ index: 0, utilizationPercent: 42, memoryUtilizationPercent: 1 }, { utilizationPercent: 42 }]);
});

test('amd-smi that says nothing gives nulls', () => {
  expect(parseAmdSmi(fixture('amd-smi-metric-nothing.json.txt'))).toMatchObject([{ utilizationPercent: null, powerWatts: null, totalBytes: 0 }]);
});

// The shapes below are written as the programs' documentation has them, not recorded.
test('amd-smi reads memory in megabytes, and a card is named by its UUID', () => {
  const [gpu] = parseAmdSmi('[{"gpu": 0, "mem_usage": {"total_vram": {"value": 16368, "unit": "MB"}, "used_vram": {"value": 368, "unit": "MB"}, "free_vram": {"value": 16000, "unit": "MB"}}}]');

  expect(withAmdIdentities(gpu === undefined ? [] : [gpu], '[{"gpu": 0, "bdf": "0000:0b:00.0", "uuid": "7eff744c-0000-1000-805f-2c8f9d3ac6f7"}]'))
    .toMatchObject([{ id: 'GPU-7eff744c-0000-1000-805f-2c8f9d3ac6f7', pciBusId: '0000:0b:00.0', totalBytes: 16_368 * 1024 * 1024, freeBytes: 16_000 * 1024 * 1024 }]);
});

test("an Apple GPU has the machine's memory and no made-up readings", () => {
  const text = '{"SPDisplaysDataType": [{"_name": "kHW_AppleM2Item", "sppci_model": "Apple M2", "spdisplays_vendor": "sppci_vendor_Apple", "spdisplays_ndrvs": [{}]}]}';

  expect(parseSystemProfiler(text, 1_000)).toMatchObject([{ vendor: 'apple', name: 'Apple M2', totalBytes: 1_000, freeBytes: null, isMemoryUnified: true, utilizationPercent: null, processes: null, isDisplayAttached: true }]);
});
