import type { TFunction } from 'i18next';
import { expect, test } from 'vitest';
import { aServedModel } from './aServedModel.ts';
import { toFailureWords, toPlaceWords } from './engineWords.ts';

const t = ((key: string, facts: object) => [key.replace('serving.', ''), ...Object.values({ ...facts })].join(' ')) as TFunction;
const indexOf = (id: string): number | undefined => ({ 'GPU-a': 0, 'GPU-b': 1 })[id];

test.each([
  ['–', {}],
  ['–', { state: 'failed', gpuIds: ['GPU-a'] }],
  ['cpu', { state: 'ready' }],
  ['gpuIndices 0, 1', { state: 'busy', gpuIds: ['GPU-a', 'GPU-b'] }],
  ['gpuIndices 1 + cpu', { state: 'loading', gpuIds: ['GPU-b'], gpuLayers: 10, layerCount: 33 }],
  ['elsewhere', { state: 'ready', engine: 'external' }],
])('a model is said to be at "%s" with %j', (words, set) => { expect(toPlaceWords(aServedModel('a', set), indexOf, t)).toBe(words); });

test('an engine that ended while loading is told in its own words, other failures in ours', () => {
  const failureDetail = 'error: invalid argument: --no-such-flag';

  expect([toFailureWords({ failure: 'unknown', failureDetail }, t), toFailureWords({ failure: 'stalled', failureDetail }, t), toFailureWords({ failure: null, failureDetail: null }, t)])
    .toEqual(['invalid argument: --no-such-flag', 'failure.stalled', null]);
});
