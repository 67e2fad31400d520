import { expect, test } from 'vitest';
import { AppError, type ErrorDetails } from '#contract/errors.ts';
import { aConfig } from '../../../../../test/fakes/serving/aModel.ts';
import { PortError } from '../portError.ts';
import { loadModel } from './control.ts';

test.each<[ErrorDetails<'serving.load_failed'>['failure'], number, string]>([['gpu_busy', 503, 'gpu_busy'], ['shutting_down', 503, 'shutting_down'], ['model_unloaded', 503, 'model_unloaded'], ['unreadable', 500, 'load_failed']])('a load that ends with %s is told as %d %s', async (failure, status, code) => {
  const load = (): Promise<never> => Promise.reject(new AppError('serving.load_failed', 'the model was not loaded', { model: 'demo', failure, detail: '' }));

  const error: unknown = await loadModel({ deps: { control: { load } } }, aConfig('demo')).catch((reason: unknown) => reason);

  expect(error instanceof PortError && [error.problem.status, error.problem.code, error.problem.retryAfterMs === null]).toEqual([status, code, status === 500]);
});
