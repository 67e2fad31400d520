import type { WorkstationSampler } from '../features/workstation/index.ts';
import { liveStream } from './liveStream.ts';
import type { Api } from './api.ts';

export function workstationHandlers(api: Api['workstation'], sampler: WorkstationSampler) {
  return {
    watch: api.watch.handler(({ signal }) => liveStream({
      first: () => (sampler.last === null ? [] : [sampler.last]),
      subscribe: (add) => [sampler.onDidRead(add)],
      keyOf: () => 'reading',
      signal,
    })),
  };
}
