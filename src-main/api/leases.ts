import type { LeaseService } from '../features/gpus/index.ts';
import { liveStream } from './liveStream.ts';
import type { Api } from './api.ts';

export function leaseHandlers(api: Api['leases'], service: LeaseService) {
  return {
    list: api.list.handler(() => service.ledger()),
    check: api.check.handler(({ input }) => service.check(input)),
    watch: api.watch.handler(({ signal }) => liveStream({
      first: () => [service.ledger()],
      subscribe: (add) => [service.onDidChange(() => { add(service.ledger()); })],
      keyOf: () => 'ledger',
      signal,
    })),
  };
}
