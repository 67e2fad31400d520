import type { RunUsageSampler } from '../features/workstation/index.ts';
import { liveStream } from './liveStream.ts';
import type { Api } from './api.ts';

export function runUsageHandlers(api: Api['runUsages'], sampler: RunUsageSampler) {
  return {
    watch: api.watch.handler(({ signal }) => liveStream({
      first: () => (sampler.last === null ? [] : [sampler.last]),
      subscribe: (add) => [sampler.onDidRead(add)],
      keyOf: () => 'reading',
      signal,
    })),
  };
}
