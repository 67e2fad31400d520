import { expect, test } from 'vitest';
import { toProblem } from './portError.ts';

test.each([
  { place: 'gpu', words: 'the GPUs' },
  { place: 'ram', words: 'the memory of this machine' },
] as const)('who waits in vain for memory that others hold is told which: $place', ({ place, words }) => {
  expect(toProblem({ kind: 'gpu_busy', place, retryAfterMs: 1 }, 'demo')).toMatchObject({ code: 'gpu_busy', message: `There is no room for demo while other work holds ${words}.` });
});
