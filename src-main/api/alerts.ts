import type { AlertChange } from '#contract/alerts.ts';
import type { AlertService } from '../features/gpus/index.ts';
import { liveStream } from './liveStream.ts';
import type { Api } from './api.ts';

export function alertHandlers(api: Api['alerts'], service: AlertService) {
  return {
    list: api.list.handler(() => service.list()),
    watch: api.watch.handler(({ signal }) => liveStream<AlertChange>({
      first: () => [{ kind: 'snapshot', alerts: service.list() }],
      subscribe: (add) => [service.onDidChange((alert) => { add({ kind: 'changed', alert }); })],
      signal,
    })),
  };
}
