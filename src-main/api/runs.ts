import type { RunChange } from '#contract/runs.ts';
import type { RunService } from '../features/runs/index.ts';
import { liveStream } from './liveStream.ts';
import type { Api } from './api.ts';

export function runHandlers(api: Api['runs'], service: RunService) {
  return {
    list: api.list.handler(({ input }) => service.list(input)),
    get: api.get.handler(({ input }) => service.get(input.run)),
    log: api.log.handler(({ input: { run, ...range } }) => service.log(run, range)),
    search: api.search.handler(({ input: { run, ...query } }) => service.search(run, query)),
    follow: api.follow.handler(({ input: { run, tailBytes }, signal }) => service.follow(run, { tailBytes, ...(signal && { signal }) })),
    watch: api.watch.handler(({ signal }) => liveStream<RunChange>({
      first: () => [{ kind: 'snapshot', runs: service.list({ limit: 100 }) }],
      subscribe: (add) => [service.onDidChange((run) => { add({ kind: 'changed', run }); })],
      keyOf: (change) => (change.kind === 'changed' ? change.run.id : null),
      signal,
    })),
  };
}
