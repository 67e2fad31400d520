import type { ModelConfigChange } from '#contract/modelConfigs.ts';
import type { ConfigService } from '../features/serving/index.ts';
import { liveStream } from './liveStream.ts';
import type { Api } from './api.ts';

export function modelConfigHandlers(api: Api['modelConfigs'], service: ConfigService) {
  return {
    list: api.list.handler(() => service.list()),
    get: api.get.handler(({ input }) => service.get(input.config)),
    create: api.create.handler(({ input }) => service.create(input)),
    update: api.update.handler(({ input }) => service.update(input.config, input.set)),
    remove: api.remove.handler(({ input }) => { service.remove(input.config); }),
    watch: api.watch.handler(({ signal }) => liveStream<ModelConfigChange>({
      first: () => [{ kind: 'snapshot', configs: service.list() }],
      subscribe: (add) => [service.onDidChange(add)],
      keyOf: (change) => (change.kind === 'snapshot' ? null : change.kind === 'changed' ? change.config.id : change.configId),
      signal,
    })),
  };
}
