import type { InstanceChange } from '#contract/instances.ts';
import type { InstanceService } from '../features/instances/index.ts';
import { liveStream } from './liveStream.ts';
import type { Api } from './api.ts';

export function instanceHandlers(api: Api['instances'], service: InstanceService) {
  return {
    list: api.list.handler(({ input }) => service.list(input)),
    get: api.get.handler(({ input }) => service.get(input.instance)),
    create: api.create.handler(({ input }) => service.create(input)),
    update: api.update.handler(({ input }) => service.update(input.edits)),
    preflight: api.preflight.handler(({ input }) => service.preflight(input.instance)),
    start: api.start.handler(({ input: { instance, ...options } }) => service.startOne(instance, options)),
    stop: api.stop.handler(({ input }) => service.stopOne(input.instance)),
    restart: api.restart.handler(({ input }) => service.restartOne(input.instance)),
    delete: api.delete.handler(({ input }) => service.delete(input.instance)),
    restore: api.restore.handler(({ input }) => service.restore(input.instance)),
    purge: api.purge.handler(({ input }) => service.purge(input.instance)),
    measure: api.measure.handler(({ input }) => service.measure(input.instance)),
    watch: api.watch.handler(({ signal }) => liveStream<InstanceChange>({
      first: () => [{ kind: 'snapshot', instances: service.list({ deleted: false }) }],
      subscribe: (add) => [service.onDidChange(add)],
      keyOf: (change) => (change.kind === 'changed' ? change.instance.id : null),
      signal,
    })),
  };
}
