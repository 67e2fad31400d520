import type { GpuSampler } from '../features/gpus/index.ts';
import { liveStream } from './liveStream.ts';
import type { Api } from './api.ts';

export function gpuHandlers(api: Api['gpus'], sampler: GpuSampler) {
  return {
    list: api.list.handler(() => sampler.latest()),
    watch: api.watch.handler(async function* ({ signal }) {
      const latest = await sampler.latest();
      const endWatch = sampler.watch();
      try {
        yield* liveStream({ first: () => [latest], subscribe: (add) => [sampler.onDidRead(add)], keyOf: () => 'reading', signal });
      } finally {
        endWatch();
      }
    }),
  };
}
