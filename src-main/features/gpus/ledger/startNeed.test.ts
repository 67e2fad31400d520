import { expect, test } from 'vitest';
import { GIB, uuid } from '../../../../test/fakes/facts/aGpu.ts';
import { toStartNeed } from './startNeed.ts';

const auto = { kind: 'auto', order: 'smallest_fit' };

test.each<[string, Parameters<typeof toStartNeed>[0], ReturnType<typeof toStartNeed> | object]>([
  ['an app without GPU', { gpu: 'none', vramMib: 8192, gpuIds: null }, null],
  ['no GPU chosen', { gpu: 'nvidia', vramMib: 8192, gpuIds: [] }, null],
  ['an app that does not say how much', { gpu: 'optional', vramMib: null, gpuIds: null }, null],
  ['an app that says how much', { gpu: 'nvidia', vramMib: 8192, gpuIds: null }, { request: { bytes: 8 * GIB, vendor: 'nvidia', placement: auto }, isOptional: false }],
  ['an app that can do without', { gpu: 'optional', vramMib: 8192, gpuIds: null }, { request: { bytes: 8 * GIB, vendor: null, placement: auto }, isOptional: true }],
  ['chosen GPUs', { gpu: 'optional', vramMib: null, gpuIds: [uuid(1)] }, { request: { bytes: 0, placement: { kind: 'uuid', gpuIds: [uuid(1)] } }, isOptional: false }],
])('%s', (_name, facts, expected) => {
  expect(toStartNeed(facts)).toEqual(expected);
});
