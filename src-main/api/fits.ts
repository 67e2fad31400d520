import type { FitCalls } from '../features/models/index.ts';
import type { Api } from './api.ts';

export function fitHandlers(api: Api['fits'], calls: FitCalls) {
  return {
    estimate: api.estimate.handler(({ input }) => calls.estimate(input.model, input.load)),
    estimateRemote: api.estimateRemote.handler(({ input: { load, ...file }, signal }) => calls.estimateRemote(file, load, signal)),
  };
}
